import { Injectable } from '@nestjs/common';
import { ApiKey } from '../api-keys/api-key.entity.js';
import { KeyActivation } from '../api-keys/key-activation.js';
import { KeyRevocation } from '../api-keys/key-revocation.js';
import { keyTarget, lockUndeleted } from '../api-keys/usable-keys.js';
import { displayPrefix } from '../api-keys/credentials/credential.js';
import { SYSTEM, type Actor } from '../platform/events/actor.js';
import { Clock } from '../platform/runtime/clock.js';
import type { Transaction } from '../platform/database/transactions/transaction.js';
import type { Finding } from './finding.js';
import { ExposurePolicies, reactionOf } from './policy/exposure-policies.js';
import type { SightingReaction } from './policy/exposure-policy.entity.js';
import { NOTHING } from '../platform/events/invalidation.js';

/** A key whose complete credential was exposed. */
export interface FoundKey extends Omit<Finding, 'text'> {
  keyId: string;
  /** The public id of the exposed credential. */
  publicId: string;
}

/** The action taken on a key, beside notifying its team. */
type ExposureAction = 'none' | 'disabled' | 'revoked';

/** Reacts to exposed keys: marks them, notifies their team, and applies the policy of their merchant. */
@Injectable()
export class Exposures {
  constructor(
    private readonly activation: KeyActivation,
    private readonly clock: Clock,
    private readonly policies: ExposurePolicies,
    private readonly revocation: KeyRevocation,
  ) {}

  /** Skips a key that is marked already and needs no further action, so that its team is notified once. */
  async settle(tx: Transaction, found: readonly FoundKey[]): Promise<void> {
    const keys = new Map(
      (await lockUndeleted(tx, [...new Set(found.map(({ keyId }) => keyId))])).map((key) => [key.id, key]),
    );
    const policies = await this.policies.of(tx.manager, [...new Set([...keys.values()].map((key) => key.merchantId))]);
    for (const finding of found) {
      const key = keys.get(finding.keyId);
      if (!key || !isOf(key, finding.publicId)) continue;
      const reaction = reactionOf(policies.get(key.merchantId), finding.source);
      const action = chooseAction(reaction, key);
      if (reaction === 'off' || (key.exposedAt !== null && action === 'none')) continue;
      await this.expose(tx, key, finding, reaction, action);
      if (action === 'revoked') keys.delete(key.id);
    }
  }

  private async expose(
    tx: Transaction,
    key: ApiKey,
    { source, place, origin: { address, userAgent, requestId } }: FoundKey,
    policy: SightingReaction,
    action: ExposureAction,
  ): Promise<void> {
    const actor: Actor = { ...SYSTEM, address, userAgent, requestId };
    if (key.exposedAt === null) {
      // The version stays: marking is no change by the merchant, and must not fail the merchant's own conditional update.
      const marker = { exposedAt: this.clock.now(), exposedSource: source };
      await tx.manager.update(ApiKey, { id: key.id }, marker);
      Object.assign(key, marker);
    }
    const { publicId, surface, name } = key;
    const keyPrefix = displayPrefix(key);
    const details = { publicId, keyPrefix, surface, name, source, where: place, policy, action };
    await tx.publish({ ...keyTarget(key), name: 'api_key.exposed', actor, details, invalidates: NOTHING });
    if (action === 'revoked') await this.revocation.revoke(tx, actor, key, 'exposed');
    if (action === 'disabled') {
      await this.activation.disable(tx, actor, [key.id]);
      key.isActive = false;
    }
  }
}

/** Whether the credential is still one of the key's, and was not ended by a rotation meanwhile. */
const isOf = ({ publicId, previousPublicId }: ApiKey, found: string): boolean =>
  publicId === found || previousPublicId === found;

function chooseAction(reaction: SightingReaction, { isActive }: ApiKey): ExposureAction {
  if (reaction === 'revoke') return 'revoked';
  return reaction === 'disable' && isActive ? 'disabled' : 'none';
}
