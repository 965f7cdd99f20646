import type { Config } from '../../config.js';
import type { Merchant } from '../merchant.entity.js';

/** What becomes of keys that nobody uses, by days without use or change; 0 is never. */
export interface IdlePolicy {
  idleAfterDays: number;
  disableAfterDays: number;
  deleteAfterDays: number;
}

/** A merchant's own word, or the server's where it has none. */
export function idlePolicyOf(
  merchant: Pick<Merchant, 'idleAfterDays' | 'idleDisableAfterDays' | 'idleDeleteAfterDays'>,
  config: Config,
): IdlePolicy {
  return {
    idleAfterDays: merchant.idleAfterDays ?? config.IDLE_AFTER_DAYS,
    disableAfterDays: merchant.idleDisableAfterDays ?? config.IDLE_DISABLE_AFTER_DAYS,
    deleteAfterDays: merchant.idleDeleteAfterDays ?? config.IDLE_DELETE_AFTER_DAYS,
  };
}

/** Whether each step comes after the one before it, and the first one is to tell. */
export function isInOrder({ idleAfterDays, disableAfterDays, deleteAfterDays }: IdlePolicy): boolean {
  const steps = [disableAfterDays, deleteAfterDays].filter((days) => days > 0);
  if (steps.length > 0 && idleAfterDays === 0) return false;
  return [idleAfterDays, ...steps].every((days, index, all) => index === 0 || days > (all[index - 1] ?? 0));
}
