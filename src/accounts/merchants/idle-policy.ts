import type { Config } from '../../config.js';
import type { Merchant } from '../merchant.entity.js';

/** What becomes of keys that nobody uses, by days without use or change; 0 is never. */
export interface IdlePolicy {
  idleAfterDays: number;
  disableAfterDays: number;
  deleteAfterDays: number;
}

type OwnPolicy = Pick<Merchant, 'idleAfterDays' | 'idleDisableAfterDays' | 'idleDeleteAfterDays'>;

/** A merchant's own word, or the server's where it has none. */
export const saidPolicyOf = (merchant: OwnPolicy, config: Config): IdlePolicy => ({
  idleAfterDays: merchant.idleAfterDays ?? config.IDLE_AFTER_DAYS,
  disableAfterDays: merchant.idleDisableAfterDays ?? config.IDLE_DISABLE_AFTER_DAYS,
  deleteAfterDays: merchant.idleDeleteAfterDays ?? config.IDLE_DELETE_AFTER_DAYS,
});

/** The same without a step that wouldn't follow the one before it: the server may say something else by now than when its merchant spoke. */
export const idlePolicyOf = (merchant: OwnPolicy, config: Config): IdlePolicy =>
  inOrder(saidPolicyOf(merchant, config));

/** Whether each step comes after the one before it, and the first one is to tell. */
export function isInOrder(policy: IdlePolicy): boolean {
  const { disableAfterDays, deleteAfterDays } = inOrder(policy);
  return policy.disableAfterDays === disableAfterDays && policy.deleteAfterDays === deleteAfterDays;
}

function inOrder({ idleAfterDays, disableAfterDays, deleteAfterDays }: IdlePolicy): IdlePolicy {
  const ifAfter = (before: number, days: number): number => (idleAfterDays > 0 && days > before ? days : 0);
  const disabling = ifAfter(idleAfterDays, disableAfterDays);
  const deleting = ifAfter(Math.max(idleAfterDays, disabling), deleteAfterDays);
  return { idleAfterDays, disableAfterDays: disabling, deleteAfterDays: deleting };
}
