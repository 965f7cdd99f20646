import { hash, randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import { Injectable } from '@nestjs/common';
import { ApiKey } from '../api-keys/api-key.entity.js';
import type { Credential } from '../api-keys/credential.js';
import { LastUse } from '../api-keys/last-use.js';
import { grants } from '../api-keys/scopes.js';
import { SecretHasher } from '../api-keys/secret-hasher.js';
import { Clock } from '../domain/clock.js';
import { Transactions } from '../domain/transactions.js';
import { Keyring } from './keyring/keyring.js';
import type { KnownKey } from './keyring/known-keys.js';
import { Quotas } from './limits/quotas.js';
import { Rates } from './limits/rates.js';
import { FirstUse } from './first-use.js';
import type { Outcome, Requirements, Verdict } from './outcome.js';
import { Usage } from './usage/usage.js';

const NOT_FOUND: Verdict = { outcome: 'NOT_FOUND', key: null, rate: null };

/** Answers the question that every request asks: is this key good, and for what? For a key in the keyring, without a statement. */
@Injectable()
export class VerificationService {
  private readonly salt = randomBytes(12).toString('base64');
  private readonly proven = new WeakMap<KnownKey, string>();

  constructor(
    private readonly clock: Clock,
    private readonly firstUse: FirstUse,
    private readonly hasher: SecretHasher,
    private readonly keyring: Keyring,
    private readonly lastUse: LastUse,
    private readonly quotas: Quotas,
    private readonly rates: Rates,
    private readonly transactions: Transactions,
    private readonly usage: Usage,
  ) {}

  /**
   * Verifies a request's key, counts it against the key's limits and into its usage. For a known key without limits the answer is there
   * at once, without a promise.
   *
   * @param credential `null` when what was presented can't be a key
   * @throws {DomainError} `unavailable` when the key isn't known and the database can't be asked
   */
  verify(credential: Credential | null, requirements: Requirements): Verdict | Promise<Verdict> {
    return then(this.identify(credential), (key) => (key ? this.judge(key, requirements) : NOT_FOUND));
  }

  /** The same for the key behind a session: a session is as good as its key is now. */
  verifySession(publicId: string, requirements: Requirements): Verdict | Promise<Verdict> {
    return then(this.lookUp(publicId), (key) => (key ? this.judge(key, requirements) : NOT_FOUND));
  }

  /**
   * The good key of somebody who calls the server itself, which is noted as a use and counted against no limit; `null` for any other.
   *
   * @param ip the address of the call
   */
  authenticate(credential: Credential | null, ip: string): KnownKey | null | Promise<KnownKey | null> {
    return then(this.identify(credential), (key) => {
      const nowMs = this.clock.now().getTime();
      if (!key || outcomeOf(key, { ip }, nowMs) !== 'VALID') return null;
      this.noteUse(key, nowMs);
      return key.endsPrevious ? this.firstUse.of(key).then(() => key) : key;
    });
  }

  private identify(credential: Credential | null): KnownKey | null | Promise<KnownKey | null> {
    return credential && then(this.lookUp(credential.publicId), (key) => key && this.prove(key, credential.secret));
  }

  private lookUp(publicId: string): KnownKey | null | Promise<KnownKey | null> {
    const known = this.keyring.peek(publicId);
    return known === undefined ? this.keyring.find(publicId) : known;
  }

  /**
   * The key, if the secret is its own. A secret that was right before is recognised by a cheaper digest, salted anew by every process and
   * kept in memory alone; nobody who doesn't know the salt learns anything from how long the comparison takes.
   */
  private prove(key: KnownKey, secret: string): KnownKey | null | Promise<KnownKey> {
    const digest = hash('sha256', this.salt + secret, 'base64');
    if (this.proven.get(key) === digest) return key;
    if (!this.hasher.matches(secret, key)) return null;
    if (this.hasher.isOutdated(key)) return this.rehash(key, secret);
    this.proven.set(key, digest);
    return key;
  }

  private judge(key: KnownKey, requirements: Requirements): Verdict | Promise<Verdict> {
    const nowMs = this.clock.now().getTime();
    const outcome = outcomeOf(key, requirements, nowMs);
    if (outcome === 'NOT_FOUND') return NOT_FOUND;
    const isLimited = outcome === 'VALID' && (key.rate !== null || key.quota !== null);
    const verdict = isLimited ? this.limit(key, requirements.cost ?? 1, nowMs) : { outcome, key, rate: null };
    return then(verdict, (final) => {
      this.usage.count(key.id, final.outcome, nowMs);
      if (final.outcome !== 'VALID') return final;
      this.noteUse(key, nowMs);
      return key.endsPrevious ? this.firstUse.of(key).then(() => final) : final;
    });
  }

  private noteUse({ id, publicId, isPrevious }: KnownKey, nowMs: number): void {
    this.lastUse.note(id, nowMs);
    if (isPrevious) this.lastUse.noteOfPrevious(publicId, nowMs);
  }

  private async limit(key: KnownKey, cost: number, nowMs: number): Promise<Verdict> {
    const rate = key.rate && (await this.rates.consume(key.id, key.rate, cost));
    const state = rate?.state ?? null;
    if (rate?.isAllowed === false) {
      return { outcome: 'RATE_LIMITED', key, rate: state, retryAfterSeconds: rate.state.resetSeconds };
    }
    const retryAfterSeconds = key.quota && (await this.quotas.consume(key.id, key.quota, cost, nowMs));
    if (retryAfterSeconds !== null) return { outcome: 'QUOTA_EXCEEDED', key, rate: state, retryAfterSeconds };
    return { outcome: 'VALID', key, rate: state };
  }

  /** Moves a secret under the newest pepper, now that it is here in the clear. The old hash stays good for whoever remembers it. */
  private async rehash(key: KnownKey, secret: string): Promise<KnownKey> {
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
      this.keyring.apply({ kind: 'key', id: publicId });
    } catch {
      // It is as good as before, and is moved at another use.
    }
    return key;
  }
}

/** The first check that fails is the outcome; limits come after all of these. */
function outcomeOf(key: KnownKey, requirements: Requirements, nowMs: number): Outcome {
  const { applicationId, merchantId, level = 0, scopes } = requirements;
  if (merchantId !== undefined && key.merchantId !== merchantId) return 'NOT_FOUND';
  if (applicationId !== undefined && key.applicationId !== applicationId) return 'NOT_FOUND';
  // What was replaced and has ended is nobody's any more.
  if (key.isPrevious && key.expiresAtMs <= nowMs) return 'NOT_FOUND';
  if (!key.isActive) return 'DISABLED';
  if (key.expiresAtMs <= nowMs) return 'EXPIRED';
  if (!key.isApplicationEnabled) return 'APPLICATION_DISABLED';
  if (!key.isOwnerActive) return 'OWNER_DISABLED';
  if (key.allowedIps && !isAllowedFrom(key.allowedIps, requirements.ip)) return 'IP_NOT_ALLOWED';
  if (key.level < level) return 'INSUFFICIENT_LEVEL';
  if (scopes?.some((scope) => !grants(key.scopes, scope))) return 'MISSING_SCOPE';
  return 'VALID';
}

/** A key that is bound to addresses is refused where the address isn't known. */
function isAllowedFrom(allowed: NonNullable<KnownKey['allowedIps']>, ip: string | undefined): boolean {
  const family = ip === undefined ? 0 : isIP(ip);
  return ip !== undefined && family !== 0 && allowed.check(ip, family === 6 ? 'ipv6' : 'ipv4');
}

/** Goes on at once with what is there, and later with what is promised. */
function then<T, R>(value: T | Promise<T>, next: (value: T) => R | Promise<R>): R | Promise<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}
