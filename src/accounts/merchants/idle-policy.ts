import type { Config } from '../../platform/config/config.js';
import { followsAfter } from '../../platform/config/setting-decorators.js';
import type { Merchant } from '../merchant.entity.js';

/** What becomes of keys that nobody uses, by days without use or change; 0 is never. */
export interface IdlePolicy {
  idleAfterDays: number;
  disableAfterDays: number;
  deleteAfterDays: number;
}

type OwnPolicy = Pick<Merchant, 'idleAfterDays' | 'idleDisableAfterDays' | 'idleDeleteAfterDays'>;

/** What the merchant has said, and what the server is told by its configuration where the merchant has said nothing. */
export const readOwnPolicy = (merchant: OwnPolicy, config: Config): IdlePolicy => ({
  idleAfterDays: merchant.idleAfterDays ?? config.IDLE_AFTER_DAYS,
  disableAfterDays: merchant.idleDisableAfterDays ?? config.IDLE_DISABLE_AFTER_DAYS,
  deleteAfterDays: merchant.idleDeleteAfterDays ?? config.IDLE_DELETE_AFTER_DAYS,
});

/** The same without a step that wouldn't follow the one before it: the configuration may have changed since the merchant spoke. */
export const resolveIdlePolicy = (merchant: OwnPolicy, config: Config): IdlePolicy =>
  inOrder(readOwnPolicy(merchant, config));

/** Whether each step comes after the one before it, and the first one is to tell. */
export function isInOrder(policy: IdlePolicy): boolean {
  const { disableAfterDays, deleteAfterDays } = inOrder(policy);
  return policy.disableAfterDays === disableAfterDays && policy.deleteAfterDays === deleteAfterDays;
}

function inOrder({ idleAfterDays, disableAfterDays, deleteAfterDays }: IdlePolicy): IdlePolicy {
  const disabling = followsAfter(disableAfterDays, [idleAfterDays]) ? disableAfterDays : 0;
  const deleting = followsAfter(deleteAfterDays, [idleAfterDays, disabling]) ? deleteAfterDays : 0;
  return { idleAfterDays, disableAfterDays: disabling, deleteAfterDays: deleting };
}
