import { hash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { ApiKey } from '../api-keys/api-key.entity.js';
import { isIntact, parseCredential, type Credential } from '../api-keys/credentials/credential.js';
import { LastUse } from '../api-keys/usage/last-use.js';
import { grants } from '../api-keys/permissions/scopes.js';
import { SecretHasher } from '../api-keys/credentials/secret-hasher.js';
import { Clock } from '../platform/runtime/clock.js';
import { andThen, type MaybePromise } from '../platform/runtime/maybe-promise.js';
import { isListed } from '../platform/validation/networks.js';
import { Transactions } from '../platform/database/transactions/transactions.js';
import { ImportedFormats } from './cache/imported-formats.js';
import { KeyCache } from './cache/key-cache.js';
import type { CachedKey } from './cache/cached-key.js';
import { Quotas } from './limits/quotas.js';
import { Rates } from './limits/rates.js';
import { FirstUse } from './first-use.js';
import type { RateVerdict } from './limits/windows.js';
import type { Outcome, Requirements, Verdict } from './outcome.js';
import { Usage } from './usage/usage.js';

/** What a key opened, so that its secret needn't travel with every request. */
export interface Session {
  /** The public id under which the key was presented. */
  publicId: string;
  /** The key as the session may use it; `null` when the session is good no more. */
  seenIn(key: CachedKey): CachedKey | null;
}

const NOT_FOUND: Verdict = { outcome: 'NOT_FOUND', key: null, rate: null };

/** Answers the question that every request asks: is this key good, and for what? For a key in the keyring, without a statement. */
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
    private readonly lastUse: LastUse,
    private readonly quotas: Quotas,
    private readonly rates: Rates,
    private readonly transactions: Transactions,
    private readonly usage: Usage,
  ) {}

  /**
   * Verifies a request's key, counts it against the key's limits and into its usage. For a known key the answer is there
   * at once, without a promise, unless Redis counts its limits.
   *
   * @param credential `null` when what was presented can't be a key of ours
   * @param text what was presented, which may be an imported key
   * @throws {DomainError} `unavailable` when the key isn't known and the database can't be asked
   */
  verify(credential: Credential | null, requirements: Requirements, text: string | null = null): MaybePromise<Verdict> {
    const key = this.identify(credential, text);
    return andThen(key, (identified) => this.judge(identified, requirements));
  }

  /** The same for a session, which counts as a use of its key. */
  verifySession(session: Session, requirements: Requirements): MaybePromise<Verdict> {
    return andThen(this.lookUp(session.publicId), (key) => this.judge(key && session.seenIn(key), requirements));
  }

  /** The key behind a session, as the session may use it now, wherever it is used from; `null` when it is good for nothing. It is no use. */
  async keyOf(session: Session): Promise<CachedKey | null> {
    const key = await this.lookUp(session.publicId);
    const seen = key && session.seenIn(key);
    const outcome = seen && outcomeOf(seen, {}, this.clock.nowMs());
    return outcome === 'VALID' || outcome === 'IP_NOT_ALLOWED' ? seen : null;
  }

  /**
   * The good key of somebody who calls the server itself, which is noted as a use and counted against no limit; `null` for any other.
   *
   * @param ip the address of the call
   * @param text as {@link verify}
   */
  authenticate(credential: Credential | null, ip: string, text: string | null = null): MaybePromise<CachedKey | null> {
    const key = this.identify(credential, text);
    return andThen(key, (identified) => this.admit(identified, ip));
  }

  /** The key whose credential, current or replaced and not ended yet, a text is, whatever else is wrong with it. To ask is no use of it. */
  async recognise(text: string): Promise<CachedKey | null> {
    const key = await this.identify(parseCredential(text), text);
    return key?.isPrevious === true && key.expiresAtMs <= this.clock.nowMs() ? null : key;
  }

  private admit(key: CachedKey | null, ip: string): MaybePromise<CachedKey | null> {
    const nowMs = this.clock.nowMs();
    if (!key || outcomeOf(key, { ip }, nowMs) !== 'VALID') return null;
    return this.use(key, key, nowMs);
  }

  /** Notes a good use, and goes on with `result`: with the first use of a rotated key, once the previous credential has ended. */
  private use<T>(key: CachedKey, result: T, nowMs: number): MaybePromise<T> {
    this.lastUse.record(key.id, nowMs);
    if (key.isPrevious) this.lastUse.recordPrevious(key.publicId, nowMs);
    return key.endsPrevious ? this.firstUse.of(key).then(() => result) : result;
  }

  private identify(credential: Credential | null, text: string | null): MaybePromise<CachedKey | null> {
    const key = credential && this.ownKey(credential);
    if (text === null) return key;
    // Also what looks like a key of ours, but is nobody's, may have been made elsewhere.
    return andThen(key, (own) => own ?? this.findFirst(this.formats.candidateCredentials(text)));
  }

  private ownKey(credential: Credential): MaybePromise<CachedKey | null> {
    const known = this.cache.get(credential.publicId);
    if (known !== undefined) return known && this.prove(known, credential.secret);
    return isIntact(credential) ? this.findProven(credential) : null;
  }

  /** The first of these credentials that is good. */
  private findFirst([first, ...rest]: readonly Credential[]): MaybePromise<CachedKey | null> {
    return first === undefined ? null : andThen(this.findProven(first), (key) => key ?? this.findFirst(rest));
  }

  private findProven({ publicId, secret }: Credential): MaybePromise<CachedKey | null> {
    return andThen(this.lookUp(publicId), (key) => key && this.prove(key, secret));
  }

  private lookUp(publicId: string): MaybePromise<CachedKey | null> {
    const known = this.cache.get(publicId);
    return known === undefined ? this.cache.fetch(publicId) : known;
  }

  /**
   * The key, if the secret is its own. A secret that was right before is recognised by a cheaper digest, salted anew by every process and
   * kept in memory alone; nobody who doesn't know the salt learns anything from how long the comparison takes.
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
    if (outcome !== 'VALID') return this.count({ outcome, key, rate: null }, nowMs);
    const verdict = this.limit(key, requirements.cost ?? 1, nowMs);
    return andThen(verdict, (limited) => this.count(limited, nowMs));
  }

  private count(verdict: Verdict, nowMs: number): MaybePromise<Verdict> {
    const { key, outcome } = verdict;
    if (!key) return verdict;
    this.usage.count(key.id, outcome, nowMs);
    return outcome === 'VALID' ? this.use(key, verdict, nowMs) : verdict;
  }

  private limit(key: CachedKey, cost: number, nowMs: number): MaybePromise<Verdict> {
    if (!key.rate) return this.limitByQuota(key, cost, nowMs, null);
    const rate = this.rates.consume(key.id, key.rate, cost, nowMs);
    return andThen(rate, (consumed) => this.limitByQuota(key, cost, nowMs, consumed));
  }

  private limitByQuota(key: CachedKey, cost: number, nowMs: number, of: RateVerdict | null): MaybePromise<Verdict> {
    const rate = of?.state ?? null;
    if (of?.isAllowed === false)
      return { outcome: 'RATE_LIMITED', key, rate, retryAfterSeconds: of.state.resetSeconds };
    if (!key.quota) return { outcome: 'VALID', key, rate };
    return andThen(this.quotas.consume(key.id, key.quota, cost, nowMs), (retryAfterSeconds) =>
      retryAfterSeconds === null
        ? { outcome: 'VALID', key, rate }
        : { outcome: 'QUOTA_EXCEEDED', key, rate, retryAfterSeconds },
    );
  }

  /** Moves a secret under the newest pepper, also from a slow hash, now that it is here in the clear. The old hash stays good for whoever remembers it. */
  private async rehash(key: CachedKey, secret: string): Promise<CachedKey> {
    const { id, publicId, isPrevious, secretHash } = key;
    const rehashed = this.hasher.hash(secret);
    const [which, values] = isPrevious
      ? [
          { previousSecretHash: secretHash },
          { previousSecretHash: rehashed.secretHash, previousPepperId: rehashed.pepperId },
        ]
      : [{ secretHash }, rehashed];
    try {
      await this.transactions.run(({ manager }) => manager.update(ApiKey, { id, ...which }, values));
      this.cache.invalidate({ kind: 'key', id: publicId });
    } catch {
      // It is as good as before, and is moved at another use.
    }
    return key;
  }
}

/** The first check that fails is the outcome; limits come after all of these. */
function outcomeOf(key: CachedKey, requirements: Requirements, nowMs: number): Outcome {
  const { applicationId, merchantId, level = 0, scopes } = requirements;
  if (merchantId !== undefined && key.merchantId !== merchantId) return 'NOT_FOUND';
  if (applicationId !== undefined && key.applicationId !== applicationId) return 'NOT_FOUND';
  // What was replaced and has ended is nobody's any more.
  if (key.isPrevious && key.expiresAtMs <= nowMs) return 'NOT_FOUND';
  if (!key.isActive) return 'DISABLED';
  if (key.expiresAtMs <= nowMs) return 'EXPIRED';
  if (!key.isApplicationEnabled) return 'APPLICATION_DISABLED';
  if (!key.isOwnerActive) return 'OWNER_DISABLED';
  // A key that is bound to addresses is refused where the address isn't known.
  if (key.allowedIps && !isListed(key.allowedIps, requirements.ip ?? '')) return 'IP_NOT_ALLOWED';
  if (key.level < level) return 'INSUFFICIENT_LEVEL';
  if (scopes?.some((scope) => !grants(key.scopes, scope))) return 'MISSING_SCOPE';
  return 'VALID';
}
