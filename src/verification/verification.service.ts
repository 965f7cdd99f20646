import { Injectable } from '@nestjs/common';
import { ApiKey } from '../api-keys/api-key.entity.js';
import type { Credential } from '../api-keys/credential.js';
import { LastUse } from '../api-keys/last-use.js';
import { SecretHasher } from '../api-keys/secret-hasher.js';
import { Clock } from '../domain/clock.js';
import { Transactions } from '../domain/transactions.js';
import { KnownKeys, type KnownKey } from './known-key.js';

/** How a verification ends. */
export type Outcome =
  | 'VALID'
  | 'NOT_FOUND'
  | 'DISABLED'
  | 'EXPIRED'
  | 'APPLICATION_DISABLED'
  | 'OWNER_DISABLED'
  | 'INSUFFICIENT_LEVEL'
  | 'MISSING_SCOPE';

/** What a request needs its key to be good for. */
export interface Requirements {
  level?: number;
  scopes?: string[];
  /** The application that the key must be for. */
  applicationId?: string;
}

export interface Verdict {
  outcome: Outcome;
  /** The key, once its secret was right. */
  key: KnownKey | null;
  /** What the key may do now; for a personal key never above what its owner may. */
  level: number;
}

const NOT_FOUND: Verdict = { outcome: 'NOT_FOUND', key: null, level: -1 };

/** Answers the question that every request asks: is this key good, and for what? */
@Injectable()
export class VerificationService {
  constructor(
    private readonly clock: Clock,
    private readonly hasher: SecretHasher,
    private readonly keys: KnownKeys,
    private readonly lastUse: LastUse,
    private readonly transactions: Transactions,
  ) {}

  /** @param credential `null` when what was presented can't be a key */
  async verify(credential: Credential | null, requirements: Requirements = {}): Promise<Verdict> {
    if (!credential) return NOT_FOUND;
    const key = await this.keys.find({ publicId: credential.publicId });
    if (!key?.secretHash || !key.pepperId) return NOT_FOUND;
    const stored = { secretHash: key.secretHash, pepperId: key.pepperId };
    if (!this.hasher.matches(credential.secret, stored)) return NOT_FOUND;
    const verdict = this.judge(key, requirements);
    if (verdict.outcome === 'VALID' && this.hasher.isOutdated(stored))
      await this.rehash(key.id, stored.secretHash, credential.secret);
    return verdict;
  }

  /** The same for the key behind a session; a session is as good as its key is now. */
  async verifyById(keyId: string, requirements: Requirements = {}): Promise<Verdict> {
    const key = await this.keys.find({ id: keyId });
    return key?.secretHash ? this.judge(key, requirements) : NOT_FOUND;
  }

  private judge(key: KnownKey, requirements: Requirements): Verdict {
    const level = Math.min(key.level, key.ownerLevel ?? key.level);
    const outcome = this.outcomeFor(key, level, requirements);
    if (outcome === 'NOT_FOUND') return NOT_FOUND;
    if (outcome === 'VALID') this.lastUse.note(key.id, this.clock.now());
    return { outcome, key, level };
  }

  /** The first check that fails is the outcome. */
  private outcomeFor(key: KnownKey, level: number, requirements: Requirements): Outcome {
    const { applicationId } = requirements;
    if (applicationId !== undefined && key.applicationId !== applicationId) return 'NOT_FOUND';
    if (!key.isActive) return 'DISABLED';
    if (key.expiresAt !== null && key.expiresAt <= this.clock.now()) return 'EXPIRED';
    if (!key.isApplicationEnabled) return 'APPLICATION_DISABLED';
    if (!key.isMerchantActive || key.ownerLevel === -1) return 'OWNER_DISABLED';
    if (level < (requirements.level ?? 0)) return 'INSUFFICIENT_LEVEL';
    if (requirements.scopes?.some((scope) => !grants(key.scopes, scope))) return 'MISSING_SCOPE';
    return 'VALID';
  }

  /** Moves a secret under the newest pepper, now that it is here in the clear. */
  private async rehash(id: string, secretHash: string, secret: string): Promise<void> {
    await this.transactions.run(({ manager }) => manager.update(ApiKey, { id, secretHash }, this.hasher.hash(secret)));
  }
}

/** A key without scopes is not limited; `payments:*` grants all that begins with `payments:`. */
function grants(scopes: string[] | null, wanted: string): boolean {
  if (scopes === null) return true;
  return scopes.some((scope) => scope === wanted || (scope.endsWith(':*') && wanted.startsWith(scope.slice(0, -1))));
}
