import { hash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { ApiKey } from '../api-keys/api-key.entity.js';
import { isIntact, parseCredential, type Credential } from '../api-keys/credentials/credential.js';
import { grants } from '../access/scopes.js';
import { SecretHasher } from '../api-keys/credentials/secret-hasher.js';
import { Clock } from '../platform/runtime/clock.js';
import { andThen, type MaybePromise } from '../platform/runtime/maybe-promise.js';
import { withTimeout } from '../platform/database/with-timeout.js';
import { Transactions } from '../platform/database/transactions/transactions.js';
import { ImportedFormats } from './cache/imported-formats.js';
import { KeyCache } from './cache/key-cache.js';
import type { CachedKey } from './cache/cached-key.js';
import { Limits } from './limits/limits.js';
import { FirstUse } from './first-use.js';
import { Verdict, type Outcome, type Requirements } from './outcome.js';
import { Usage } from './usage/usage.js';
import { KeyUses, type Use } from '../api-keys/uses/key-uses.js';
import type { Source } from '../api-keys/uses/source.js';

/** How long a request waits until the hash of its key has been replaced, in milliseconds. */
const REHASH_WAIT_MS = 50;

/** A session that a key has opened, so that the key's secret isn't sent with every request. */
export interface Session {
  /** The public id under which the key was presented. */
  publicId: string;
  /** Returns the key with the permissions of the session, or `null` if the session isn't valid for the key. */
  seenIn(key: CachedKey): CachedKey | null;
}

/** A credential, and the merchant whose key it must be of, if it matters. */
type Sought = Credential & { merchantId?: string | undefined };

/** What a text is a credential of. */
export interface Recognised {
  keys: CachedKey[];
  /**
   * Comparisons with slow hashes, each of which returns one more key or `null`.
   *
   * @throws {DomainError} `unavailable` if too many comparisons are waiting
   */
  undecided: (() => MaybePromise<CachedKey | null>)[];
}

const NOT_FOUND = new Verdict('NOT_FOUND', null);

/** Verifies keys: whether a key is valid, and what it may do. A cached key is verified without a database query. */
@Injectable()
export class VerificationService {
  private readonly salt = randomBytes(12).toString('base64');
  private readonly proven = new WeakMap<CachedKey, string>();

  constructor(
    private readonly clock: Clock,
    private readonly firstUse: FirstUse,
    private readonly formats: ImportedFormats,
    private readonly hasher: SecretHasher,
    private readonly cache: KeyCache,
    private readonly keyUses: KeyUses,
    private readonly limits: Limits,
    private readonly transactions: Transactions,
    private readonly usage: Usage,
  ) {}

  /**
   * Verifies the key of a request, and counts the request against the key's limits and into its usage. For a cached key the verdict is
   * returned without a promise, unless Redis counts the key's limits.
   *
   * @param credential `null` if the presented text cannot be a key of this server
   * @param text the presented text, which may be an imported key
   * @throws {DomainError} `unavailable` if the key isn't cached and the database is unavailable
   */
  verify(credential: Credential | null, requirements: Requirements, text: string | null = null): MaybePromise<Verdict> {
    const key = this.identify(credential, text, requirements);
    return andThen(key, (identified) => this.judge(identified, requirements));
  }

  /** Verifies a session, which counts as a use of its key. */
  verifySession(session: Session, requirements: Requirements): MaybePromise<Verdict> {
    return andThen(this.lookUp(session.publicId), (key) => this.judge(key && session.seenIn(key), requirements));
  }

  /**
   * Returns the key of a session with the permissions of the session, or `null` if either isn't valid now. Addresses to which the key is
   * bound aren't checked, and the call doesn't count as a use.
   */
  async findKey(session: Session): Promise<CachedKey | null> {
    const key = await this.lookUp(session.publicId);
    const seen = key && session.seenIn(key);
    const outcome = seen && outcomeOf(seen, {}, this.clock.nowMs());
    return outcome === 'VALID' || outcome === 'IP_NOT_ALLOWED' ? seen : null;
  }

  /**
   * Authenticates a caller of this server. Returns the caller's key, or `null` if it isn't valid. The call counts as a use of the key, but
   * not against its limits.
   *
   * @param source where the caller is
   * @param text as {@link verify}
   */
  authenticate(
    credential: Credential | null,
    source: Source,
    text: string | null = null,
  ): MaybePromise<CachedKey | null> {
    const key = this.identify(credential, text);
    return andThen(key, (identified) => this.admit(identified, source));
  }

  /**
   * Returns the keys that a text is a credential of, of whichever merchants, even if they are disabled or have expired. A previous credential
   * counts until its overlap ends. The call doesn't count as a use, and reads at most one statement.
   */
  async recognise(text: string): Promise<Recognised> {
    const credential = parseCredential(text);
    const own = credential && isIntact(credential) ? [credential] : [];
    const candidates: Sought[] = [...own, ...this.formats.candidates(text)];
    const keys = await this.lookUpAll(candidates.map(({ publicId }) => publicId));
    const recognised: Recognised = { keys: [], undecided: [] };
    for (const [index, candidate] of candidates.entries()) {
      const key = keys[index];
      if (!key || !isMeant(key, candidate, {}) || (key.isPrevious && key.expiresAtMs <= this.clock.nowMs())) continue;
      const compare = (): MaybePromise<CachedKey | null> => this.prove(key, candidate.secret);
      if (this.hasher.isSlow(key)) recognised.undecided.push(compare);
      else if (await compare()) recognised.keys.push(key);
    }
    return recognised;
  }

  /** Returns keys by the public ids of their credentials, in their order; `null` for one that doesn't exist. */
  findAll(publicIds: readonly string[]): MaybePromise<(CachedKey | null)[]> {
    return this.lookUpAll(publicIds);
  }

  /**
   * Returns whether a text is looked up as an imported key that exists, without proving it: no slow hash is compared.
   *
   * @throws {DomainError} `unavailable`
   */
  holds(text: string): MaybePromise<boolean> {
    const publicIds = [...this.formats.candidates(text)].map(({ publicId }) => publicId);
    return andThen(this.lookUpAll(publicIds), (keys) => keys.some((key) => key !== null));
  }

  private admit(key: CachedKey | null, source: Source): MaybePromise<CachedKey | null> {
    const nowMs = this.clock.nowMs();
    if (!key || outcomeOf(key, source, nowMs) !== 'VALID') return null;
    return this.record(key, source, key, nowMs);
  }

  /** Records a successful use and returns `result`. The first use of a rotated key first waits until the previous credential has ended. */
  private record<T>(key: CachedKey, use: Use, result: T, nowMs: number): MaybePromise<T> {
    this.keyUses.record(key, use, nowMs);
    return key.endsPrevious ? this.firstUse.endPrevious(key).then(() => result) : result;
  }

  /** Returns the key that a credential or a text proves. Keys of this server come first: no import shadows one. */
  private identify(
    credential: Credential | null,
    text: string | null,
    requirements: Requirements = {},
  ): MaybePromise<CachedKey | null> {
    const known = credential && this.cache.get(credential.publicId);
    if (credential && known) {
      const own = this.prove(known, credential.secret);
      if (text === null) return own;
      return andThen(own, (key) =>
        key && isMeant(key, requirements, requirements) ? key : this.findImported([], text, requirements),
      );
    }
    if (credential === null || known === null || !isIntact(credential))
      return this.findImported([], text, requirements);
    const own = { ...credential, merchantId: requirements.merchantId };
    return this.findImported([own], text, requirements);
  }

  /**
   * Returns the key that one of the credentials proves, or that a text proves as an imported one. Whatever has to be read is read by one
   * statement. Of several merchants that have imported the same key, the one that is asked about is meant, or else the one whose format is
   * the oldest: what is imported later, or compared slowly, takes nothing from it.
   */
  private findImported(
    credentials: readonly Sought[],
    text: string | null,
    requirements: Requirements,
  ): MaybePromise<CachedKey | null> {
    const undecided = [...credentials];
    const merchant = requirements.merchantId ?? requirements.merchant;
    for (const candidate of text === null ? [] : this.formats.candidates(text, merchant)) {
      const known = undecided.length === 0 ? this.cache.get(candidate.publicId) : undefined;
      if (known === null) continue;
      if (known && !this.hasher.isSlow(known)) {
        const proven = isMeant(known, candidate, requirements) ? this.prove(known, candidate.secret) : null;
        if (proven) return proven;
      } else undecided.push(candidate);
    }
    if (undecided.length === 0) return null;
    return andThen(this.lookUpAll(undecided.map(({ publicId }) => publicId)), (keys) => {
      const found = undecided.flatMap((candidate, index) => {
        const key = keys[index];
        return key && isMeant(key, candidate, requirements) ? [{ key, secret: candidate.secret }] : [];
      });
      return this.proveFirst(found);
    });
  }

  private proveFirst([first, ...rest]: readonly { key: CachedKey; secret: string }[]): MaybePromise<CachedKey | null> {
    if (first === undefined) return null;
    return andThen(this.prove(first.key, first.secret), (key) => key ?? this.proveFirst(rest));
  }

  private lookUpAll(publicIds: readonly string[]): MaybePromise<(CachedKey | null)[]> {
    const [publicId, ...others] = publicIds;
    if (publicId !== undefined && others.length === 0) return andThen(this.lookUp(publicId), (key) => [key]);
    const keys = new Map(publicIds.map((id) => [id, this.cache.get(id)]));
    const inOrder = (): (CachedKey | null)[] => publicIds.map((id) => keys.get(id) ?? null);
    const unread = [...keys.keys()].filter((id) => keys.get(id) === undefined);
    if (unread.length === 0) return inOrder();
    return this.cache.fetchAll(unread).then((read) => {
      for (const [index, id] of unread.entries()) keys.set(id, read[index]);
      return inOrder();
    });
  }

  private lookUp(publicId: string): MaybePromise<CachedKey | null> {
    const known = this.cache.get(publicId);
    return known === undefined ? this.cache.fetch(publicId) : known;
  }

  /**
   * Returns the key if the secret is right. A secret that was right before is recognised by a cheaper digest, which stays in memory and is
   * salted by each process at random. Without the salt, the time that the comparison takes reveals nothing about the secret.
   */
  private prove(key: CachedKey, secret: string): MaybePromise<CachedKey | null> {
    const digest = hash('sha256', this.salt + secret, 'binary');
    if (this.proven.get(key) === digest) return key;
    return andThen(this.hasher.matches(secret, key), (isRight) => {
      if (!isRight) return null;
      if (this.hasher.isOutdated(key)) return this.rehash(key, secret);
      this.proven.set(key, digest);
      return key;
    });
  }

  private judge(key: CachedKey | null, requirements: Requirements): MaybePromise<Verdict> {
    if (!key) return NOT_FOUND;
    const nowMs = this.clock.nowMs();
    const outcome = outcomeOf(key, requirements, nowMs);
    if (outcome === 'NOT_FOUND') return NOT_FOUND;
    if (outcome !== 'VALID') return this.count(new Verdict(outcome, key), requirements, nowMs);
    const limited = this.limits.consume(key, requirements.cost ?? 1, nowMs);
    return andThen(limited, (verdict) => this.count(verdict, requirements, nowMs));
  }

  private count(verdict: Verdict, requirements: Requirements, nowMs: number): MaybePromise<Verdict> {
    const { key, outcome } = verdict;
    if (!key) return verdict;
    this.usage.count(key, outcome, nowMs);
    return outcome === 'VALID' ? this.record(key, requirements, verdict, nowMs) : verdict;
  }

  /**
   * Hashes a secret under the newest pepper, now that it is known in the clear. This also replaces the slow hash of an imported key.
   * Instances that have the old hash in their cache can still verify the secret.
   */
  private async rehash(key: CachedKey, secret: string): Promise<CachedKey> {
    const { id, publicId, isPrevious, secretHash } = key;
    const rehashed = this.hasher.hash(secret);
    const [which, values] = isPrevious
      ? [
          { previousSecretHash: secretHash },
          { previousSecretHash: rehashed.secretHash, previousPepperId: rehashed.pepperId },
        ]
      : [{ secretHash }, rehashed];
    const replaced = this.transactions
      .run(({ manager }) => manager.update(ApiKey, { id, ...which }, values))
      .then(() => this.cache.invalidate({ kind: 'key', id: publicId }));
    // Should it fail, the old hash remains valid, and the next use tries again. The request doesn't wait for a busy database.
    await withTimeout(replaced, REHASH_WAIT_MS).catch(() => undefined);
    return key;
  }
}

/** Whether the key belongs to the merchant that a credential is of, and to the merchant and the application that are asked about. */
function isMeant(
  key: CachedKey,
  { merchantId }: { merchantId?: string | undefined },
  { merchant, applicationId }: Requirements,
): boolean {
  if (merchantId !== undefined && key.merchantId !== merchantId) return false;
  if (merchant !== undefined && key.merchantId !== merchant && key.clientId !== merchant) return false;
  return applicationId === undefined || key.applicationId === applicationId;
}

/** Returns the outcome of all checks but the limits: the first check that fails, or `VALID`. */
function outcomeOf(key: CachedKey, requirements: Requirements, nowMs: number): Outcome {
  const { applicationId, merchant, merchantId, level = 0, scopes } = requirements;
  if (merchantId !== undefined && key.merchantId !== merchantId) return 'NOT_FOUND';
  if (merchant !== undefined && key.clientId !== merchant && key.merchantId !== merchant) return 'NOT_FOUND';
  if (applicationId !== undefined && key.applicationId !== applicationId) return 'NOT_FOUND';
  // A previous credential whose overlap has ended belongs to no key.
  if (key.isPrevious && key.expiresAtMs <= nowMs) return 'NOT_FOUND';
  if (!key.isActive) return 'DISABLED';
  if (key.expiresAtMs <= nowMs) return 'EXPIRED';
  if (!key.isApplicationEnabled) return 'APPLICATION_DISABLED';
  if (!key.isOwnerActive) return 'OWNER_DISABLED';
  // A key that is bound to addresses is refused where the address isn't known.
  if (key.allowedIps && !key.allowedIps.includes(requirements.ip ?? '')) return 'IP_NOT_ALLOWED';
  if (key.level < level) return 'INSUFFICIENT_LEVEL';
  if (scopes?.some((scope) => !grants(key.scopes, scope))) return 'MISSING_SCOPE';
  return 'VALID';
}
