import type { QuotaLimit } from '../../cache/key-limits.js';
import type { QuotaState, Refusal } from '../../outcome.js';
import type { QuotaAccount } from './quota-account.js';

/** What some quotas say about a request. */
export interface QuotaVerdict {
  /** The state of each quota, in the order of the quotas. */
  states: QuotaState[];
  /** Which quota refuses the request, and when it may be repeated; `null` if the request is allowed. */
  refusal: Refusal | null;
}

/** A request, the quotas that must admit it, and what this instance holds of them, in the same order. */
export interface QuotaRequest {
  quotas: readonly QuotaLimit[];
  accounts: readonly QuotaAccount[];
  cost: number;
  nowMs: number;
}

/** Uses units that are held of each quota. Returns whether there were enough of all. */
export function takeAll({ accounts, cost }: QuotaRequest): boolean {
  for (const account of accounts) if (account.room < cost) return false;
  for (const account of accounts) account.used += cost;
  return true;
}

/** @param used what has been used of each quota, if that is known better than by the accounts */
export const allow = (request: QuotaRequest, used?: readonly number[]): QuotaVerdict => ({
  states: statesOf(request, used),
  refusal: null,
});

/** @param refuser the account of the quota that refuses the request */
export function refuse(
  request: QuotaRequest,
  refuser: QuotaAccount,
  retryAfterSeconds: number,
  used?: readonly number[],
): QuotaVerdict {
  const states = statesOf(request, used);
  const refusedBy = states[request.accounts.indexOf(refuser)];
  if (!refusedBy) throw new Error('A quota refuses a request that it does not concern.');
  return { states, refusal: { refusedBy, retryAfterSeconds, exceeds: null } };
}

const statesOf = ({ quotas, accounts }: QuotaRequest, used?: readonly number[]): QuotaState[] =>
  accounts.map((account, index) => ({
    appliesTo: quotas[index]?.appliesTo ?? 'key',
    limit: account.limit,
    remaining: used ? Math.max(0, account.limit - (used[index] ?? 0)) : account.remaining,
    resetsAtMs: account.endMs,
  }));
