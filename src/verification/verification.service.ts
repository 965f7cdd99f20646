import { hash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { ApiKey } from '../api-keys/api-key.entity.js';
import { isIntact, parseCredential, type Credential } from '../api-keys/credentials/credential.js';
import { LastUse } from '../api-keys/usage/last-use.js';
import { grants } from '../access/scopes.js';
import { SecretHasher } from '../api-keys/credentials/secret-hasher.js';
import { Clock } from '../platform/runtime/clock.js';
import { andThen, type MaybePromise } from '../platform/runtime/maybe-promise.js';
import { isListed } from '../platform/validation/networks.js';
import { Transactions } from '../platform/database/transactions/transactions.js';
import { ImportedFormats } from './cache/imported-formats.js';
import { KeyCache } from './cache/key-cache.js';
import type { CachedKey } from './cache/cached-key.js';
import { Quotas } from './limits/quotas/quotas.js';
import { Rates, type RateVerdict } from './limits/rates/rates.js';
import { FirstUse } from './first-use.js';
import type { Outcome, Requirements, Verdict } from './outcome.js';
import { Usage } from './usage/usage.js';

/** A session that a key has opened, so that the key's secret isn't sent with every request. */
export interface Session {
  /** The public id under which the key was presented. */
  publicId: string;
  /** Returns the key with the permissions of the session, or `null` if the session isn't valid for the key. */
  seenIn(key: CachedKey): CachedKey | null;
}

const NOT_FOUND: Verdict = { outcome: 'NOT_FOUND', key: null, rate: null };

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
    private readonly lastUse: LastUse,
    private readonly quotas: Quotas,
    private readonly rates: Rates,
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
    const key = this.identify(credential, text);
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
   * @param ip the caller's address
   * @param text as {@link verify}
   */
  authenticate(credential: Credential | null, ip: string, text: string | null = null): MaybePromise<CachedKey | null> {
    const key = this.identify(credential, text);
    return andThen(key, (identified) => this.admit(identified, ip));
  }

  /**
   * Returns the key that a text is a credential of, even if the key is disabled or has expired. A previous credential counts until its
   * overlap ends. The call doesn't count as a use.
   */
  async recognise(text: string): Promise<CachedKey | null> {
    const key = await this.identify(parseCredential(text), text);
    return key?.isPrevious === true && key.expiresAtMs <= this.clock.nowMs() ? null : key;
  }

  private admit(key: CachedKey | null, ip: string): MaybePromise<CachedKey | null> {
    const nowMs = this.clock.nowMs();
    if (!key || outcomeOf(key, { ip }, nowMs) !== 'VALID') return null;
    return this.use(key, key, nowMs);
  }

  /** Records a successful use and returns `result`. The first use of a rotated key first waits until the previous credential has ended. */
  private use<T>(key: CachedKey, result: T, nowMs: number): MaybePromise<T> {
    this.lastUse.record(key.id, nowMs);
    if (key.isPrevious) this.lastUse.recordPrevious(key.publicId, nowMs);
    return key.endsPrevious ? this.firstUse.endPrevious(key).then(() => result) : result;
  }

  private identify(credential: Credential | null, text: string | null): MaybePromise<CachedKey | null> {
    const key = credential && this.ownKey(credential);
    if (text === null) return key;
    // Even a text that has the form of this server's keys, but isn't one of them, may be an imported key.
    return andThen(key, (own) => own ?? this.findFirst(this.formats.candidateCredentials(text)));
  }

  private ownKey(credential: Credential): MaybePromise<CachedKey | null> {
    const known = this.cache.get(credential.publicId);
    if (known !== undefined) return known && this.prove(known, credential.secret);
    return isIntact(credential) ? this.findProven(credential) : null;
  }

  /** Returns the key of the first credential that has the right secret. */
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
    const { rate, quota } = key;
    if (rate && cost > rate.limit) return { outcome: 'RATE_LIMITED', key, rate: null, exceeds: rate.limit };
    if (quota && cost > quota.limit) return { outcome: 'QUOTA_EXCEEDED', key, rate: null, exceeds: quota.limit };
    if (!rate) return this.limitByQuota(key, cost, nowMs, null);
    const consumed = this.rates.consume(key.id, rate, cost, nowMs);
    return andThen(consumed, (verdict) => this.limitByQuota(key, cost, nowMs, verdict));
  }

  private limitByQuota(key: CachedKey, cost: number, nowMs: number, by: RateVerdict | null): MaybePromise<Verdict> {
    const rate = by?.state ?? null;
    if (by?.isAllowed === false)
      return { outcome: 'RATE_LIMITED', key, rate, retryAfterSeconds: by.state.resetSeconds };
    if (!key.quota || cost === 0) return { outcome: 'VALID', key, rate };
    return andThen(
      this.quotas.consume(key.id, key.quota, cost, nowMs),
      (retryAfterSeconds) => {
        if (retryAfterSeconds === null) return { outcome: 'VALID', key, rate };
        if (by) this.rates.restore(key.id, by, cost);
        return { outcome: 'QUOTA_EXCEEDED', key, rate, retryAfterSeconds };
      },
      (reason: unknown) => {
        if (by) this.rates.restore(key.id, by, cost);
        throw reason;
      },
    );
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
    try {
      await this.transactions.run(({ manager }) => manager.update(ApiKey, { id, ...which }, values));
      this.cache.invalidate({ kind: 'key', id: publicId });
    } catch {
      // The old hash remains valid, and the next use tries again.
    }
    return key;
  }
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
  if (key.allowedIps && !isListed(key.allowedIps, requirements.ip ?? '')) return 'IP_NOT_ALLOWED';
  if (key.level < level) return 'INSUFFICIENT_LEVEL';
  if (scopes?.some((scope) => !grants(key.scopes, scope))) return 'MISSING_SCOPE';
  return 'VALID';
}
