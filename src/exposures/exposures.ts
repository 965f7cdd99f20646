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

/** A key whose whole credential, with the right secret, was found. */
export interface FoundKey extends Omit<Finding, 'text'> {
  keyId: string;
  /** Of the credential that was found. */
  publicId: string;
}

/** What was done with a key beside telling its team. */
type ExposureAction = 'none' | 'disabled' | 'revoked';

/** What becomes of keys that somebody has found: they are marked, their team is told, and what their merchant wants is done. */
@Injectable()
export class Exposures {
  constructor(
    private readonly activation: KeyActivation,
    private readonly clock: Clock,
    private readonly policies: ExposurePolicies,
    private readonly revocation: KeyRevocation,
  ) {}

  /** A key that was marked before, and that there is nothing more to be done with, is passed over: nobody hears of it twice. */
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
      // No version of its own: the merchant has changed nothing, and what it is about to write stands on what it has read.
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

/** Whether a credential is the key's still, and none that a rotation has ended meanwhile. */
const isOf = ({ publicId, previousPublicId }: ApiKey, found: string): boolean =>
  publicId === found || previousPublicId === found;

function chooseAction(reaction: SightingReaction, { isActive }: ApiKey): ExposureAction {
  if (reaction === 'revoke') return 'revoked';
  return reaction === 'disable' && isActive ? 'disabled' : 'none';
}
