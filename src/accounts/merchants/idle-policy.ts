import type { Config } from '../../platform/config/config.js';
import { followsAfter } from '../../platform/config/setting-decorators.js';
import type { Merchant } from '../merchant.entity.js';

/** The treatment of idle keys, in days without use or change; 0 is never. */
export interface IdlePolicy {
  idleAfterDays: number;
  disableAfterDays: number;
  deleteAfterDays: number;
}

type OwnPolicy = Pick<Merchant, 'idleAfterDays' | 'idleDisableAfterDays' | 'idleDeleteAfterDays'>;

/** Returns the merchant's own policy, with the server's defaults where it has none. */
export const readOwnPolicy = (merchant: OwnPolicy, config: Config): IdlePolicy => ({
  idleAfterDays: merchant.idleAfterDays ?? config.IDLE_AFTER_DAYS,
  disableAfterDays: merchant.idleDisableAfterDays ?? config.IDLE_DISABLE_AFTER_DAYS,
  deleteAfterDays: merchant.idleDeleteAfterDays ?? config.IDLE_DELETE_AFTER_DAYS,
});

/** Returns the policy without steps in the wrong order, which can arise when the server's defaults have changed. */
export const resolveIdlePolicy = (merchant: OwnPolicy, config: Config): IdlePolicy =>
  inOrder(readOwnPolicy(merchant, config));

/** Whether keys are disabled or deleted sooner under the policy than under the one before it. */
export function isStricter(policy: IdlePolicy, before: IdlePolicy): boolean {
  const days = (each: number): number => (each === 0 ? Infinity : each);
  const isSooner = (step: 'disableAfterDays' | 'deleteAfterDays'): boolean => days(policy[step]) < days(before[step]);
  return isSooner('disableAfterDays') || isSooner('deleteAfterDays');
}

/** Whether each step follows the one before it, and the first one is the notification. */
export function isInOrder(policy: IdlePolicy): boolean {
  const { disableAfterDays, deleteAfterDays } = inOrder(policy);
  return policy.disableAfterDays === disableAfterDays && policy.deleteAfterDays === deleteAfterDays;
}

function inOrder({ idleAfterDays, disableAfterDays, deleteAfterDays }: IdlePolicy): IdlePolicy {
  const disabling = followsAfter(disableAfterDays, [idleAfterDays]) ? disableAfterDays : 0;
  const deleting = followsAfter(deleteAfterDays, [idleAfterDays, disabling]) ? deleteAfterDays : 0;
  return { idleAfterDays, disableAfterDays: disabling, deleteAfterDays: deleting };
}
