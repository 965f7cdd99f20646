import { addMs, NEVER, type Instant } from '../clock.js';
import { AddressList } from '../decision/address-list.js';
import type { ForgetMessage, Known } from '../server/messages.js';
import { toVerification, type Verification } from '../verification.js';
import { SharedTexts } from './shared-texts.js';
import { shorten, type Memory } from './memory.js';

/** The state of knowledge when a question was sent. */
export interface Asked {
  at: Instant;
  history: number;
}

/** An answer to a question. */
export interface Answer {
  /** That of the presented key. */
  digest: ArrayLike<number>;
  verification: Verification;
  known: Known;
  revision: number;
  asked: Asked;
}

/** What the verifier remembers, and up to which of the server's revisions that is true. */
export class Knowledge {
  /** Whether keys that were issued elsewhere may be valid, so that a wrong checksum says nothing. */
  importsKeys: boolean;
  /** The revision up to which everything has been forgotten that had to be. A new stream goes on from here. */
  position: number;
  /**
   * The revision of the latest change that something was forgotten for. It is not `position`, which also moves when nothing was to be forgotten: an
   * instance that is a moment behind another gives answers that are older than that, and still true.
   */
  private forgottenUpTo: number;
  private readonly texts = new SharedTexts();
  /** Counts how often revisions went back, as after the restoration of a backup. Those before and after can't be compared. */
  private history = 0;

  constructor(
    private readonly memory: Memory,
    { importsKeys, revision }: { importsKeys: boolean; revision: number },
  ) {
    this.importsKeys = importsKeys;
    // Answers may arrive before the first stream begins. It goes on from the attachment, so that it also tells what changed in between.
    this.position = revision;
    this.forgottenUpTo = revision;
  }

  /** Notes that a question is about to be sent. */
  ask(at: Instant): Asked {
    return { at, history: this.history };
  }

  /**
   * Forgets what a change concerns. Returns whether revisions have gone back, so that what other streams say counts no longer.
   *
   * A revision that is older than the position comes from a stream that lags behind another. Forgetting once more does no harm, and
   * the position stays.
   */
  forget({ forget, everything, revision, importsKeys }: ForgetMessage): boolean {
    if (everything) this.memory.forgetAll();
    else this.memory.forget(forget);
    // Said once, when the first key is imported. Other changes do not take it back.
    if (importsKeys === true) this.importsKeys = true;
    const wentBack = everything && revision < this.position;
    if (wentBack) {
      this.history++;
      this.position = revision;
      this.forgottenUpTo = revision;
    } else if (everything || forget.length > 0) this.forgottenUpTo = Math.max(this.forgottenUpTo, revision);
    this.advance(revision);
    return wentBack;
  }

  /** Notes that nothing had to be forgotten up to a revision. */
  advance(revision: number): void {
    this.position = Math.max(this.position, revision);
  }

  /**
   * Remembers an answer, unless the key may have changed since. An answer that was under way while its key was being forgotten has an older revision than the
   * change, whichever instance gave it: it serves who asked, whose verdict began before the revocation returned, and nobody else. An answer with the change's
   * revision or a later one tells what the key is since.
   */
  remember({ digest, verification, known, revision, asked }: Answer): void {
    if (asked.history !== this.history || revision < this.forgottenUpTo) return;
    const { credential, dependsOn, expiresInMs, expiresAs, allowedIps, refusedAs } = known;
    // Counted from before the question was sent.
    const ends = expiresInMs === null ? NEVER : addMs(asked.at, expiresInMs);
    const accepted = toVerification(this.texts.shareIn({ ...verification, valid: true, outcome: 'VALID' }));
    this.memory.add({
      digest: shorten(digest),
      credential,
      // Its own id is kept once, and what it has in common with other keys once for all.
      dependsOn: dependsOn.map((id) => [credential, accepted.keyId].find((own) => own === id) ?? this.texts.share(id)),
      accepted,
      allowedIps: allowedIps && new AddressList(allowedIps),
      refusedAs,
      expiresAs,
      ends,
      isRecent: false,
      uses: null,
    });
  }
}
