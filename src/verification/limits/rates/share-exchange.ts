import type { EntityManager } from 'typeorm';
import { addToCounters } from '../../../platform/database/counters.js';
import { databaseTimeMs } from '../../../platform/database/engine-sql.js';
import { placeholders } from '../../../platform/database/placeholders.js';
import { RowMapper } from '../../../platform/database/row-mapper.js';
import { insertOrChange } from '../../../platform/database/rows.js';
import type { Transaction } from '../../../platform/database/transactions/transaction.js';
import { MAX_CLOCK_SKEW_MS } from '../../barrier/revocation-barrier.js';
import { rateId } from '../../cache/key-limits.js';
import { RateShare } from './rate-share.entity.js';
import { planShare } from './share-plan.js';

/** The instance of the row that is locked to change the shares of a limit. */
const LOCK = '';

/** What the database knows of shares. */
export interface ShareTable {
  /** The shares of each limit, by its id. */
  byRate: Map<string, RateShare[]>;
  /** The instances that hold a lease, with a margin for the clocks of a cluster's servers. */
  live: Set<string>;
  nowMs: number;
}

/** The subject of a rate limit, and the length of its window. */
export type RateName = Pick<RateShare, 'subjectId' | 'windowMs'>;

/** What an instance keeps of a rate limit, and whether it needs more. */
export interface ShareClaim extends RateName {
  limit: number;
  keep: number;
  used: number;
  isShort: boolean;
}

/** Reads the shares of the limits of some subjects; of all limits if none are named. */
export async function readShares(manager: EntityManager, subjectIds?: string[]): Promise<ShareTable> {
  const mapper = RowMapper.for(manager, RateShare);
  const isNamed = subjectIds ? `WHERE t.key_id IN (${placeholders(subjectIds)})` : '';
  const rows = await manager.query<Record<string, unknown>[]>(`${mapper.select} ${isNamed}`, subjectIds);
  const byRate = new Map<string, RateShare[]>();
  for (const share of rows.map((row) => mapper.read(row))) {
    const id = idOf(share);
    if (share.instance !== LOCK) byRate.set(id, [...(byRate.get(id) ?? []), share]);
  }
  const now = databaseTimeMs({ manager });
  const instances = await manager.query<{ id: string; ends: number | string; now: number | string }[]>(
    `SELECT id, lease_until AS ends, ${now} AS now FROM instance`,
  );
  const live = instances.filter(({ ends, now: nowMs }) => Number(ends) > Number(nowMs) - MAX_CLOCK_SKEW_MS);
  return { byRate, live: new Set(live.map(({ id }) => id)), nowMs: Number(instances[0]?.now ?? 0) };
}

/** The id of the limit that a row or a claim is about. */
export const idOf = ({ subjectId, windowMs }: RateName): string => rateId(subjectId, windowMs);

/** Returns a share under the limit that there is now. */
export const shareUnder = (limit: number, { share, ofLimit }: Pick<RateShare, 'share' | 'ofLimit'>): number =>
  ofLimit === limit ? share : Math.floor((share * limit) / ofLimit);

/** Returns the situation of an instance among the shares of a limit. */
export function situationOf(
  own: string,
  { live, nowMs }: Omit<ShareTable, 'byRate'>,
  shares: RateShare[],
  limit: number,
): Pick<Parameters<typeof planShare>[0], 'instances' | 'others' | 'unlisted'> {
  const others = shares.filter(({ instance, freeAt }) => instance !== own && (freeAt === 0 || freeAt > nowMs));
  const listed = others.filter(({ instance }) => live.has(instance)).length;
  return {
    instances: Math.max(1, live.size),
    others: others.map((row) => ({
      share: shareUnder(limit, row),
      isShort: row.short === 1 && live.has(row.instance) && row.freeAt === 0,
    })),
    unlisted: Math.max(0, live.size - (live.has(own) ? 1 : 0) - listed),
  };
}

/**
 * Gives up what this instance doesn't keep, and takes what is free.
 *
 * @param claims in the order of their ids, so that instances that exchange at the same time cannot deadlock
 * @returns this instance's share of each limit; `null` when shares are equal again
 */
export async function exchangeShares(
  { manager }: Transaction,
  claims: ShareClaim[],
  own: string,
): Promise<(number | null)[]> {
  const row = { instance: own, short: 0, freeAt: 0 };
  const locks = claims.map(({ subjectId, limit, windowMs }) => ({
    subjectId,
    windowMs,
    instance: LOCK,
    share: 0,
    ofLimit: limit,
    short: 0,
    freeAt: 1,
  }));
  await addToCounters(manager, RateShare, locks, 'freeAt');
  const table = await readShares(
    manager,
    claims.map(({ subjectId }) => subjectId),
  );
  const changed: RateShare[] = [];
  const ended: (RateName & { instance?: string })[] = [];
  const result = claims.map(({ subjectId, limit, windowMs, keep, used, isShort }) => {
    const name = { subjectId, windowMs };
    const shares = table.byRate.get(idOf(name)) ?? [];
    const situation = situationOf(own, table, shares, limit);
    const plan = planShare({ ...situation, limit, current: keep, used, isShort });
    if (plan.canEnd) {
      ended.push(name);
      return null;
    }
    for (const other of shares.filter(({ instance }) => instance !== own && !table.live.has(instance))) {
      // What a stopped instance may have used is free once it has left the window.
      if (other.freeAt === 0) changed.push({ ...other, freeAt: table.nowMs + other.windowMs });
      else if (other.freeAt <= table.nowMs) ended.push({ ...name, instance: other.instance });
    }
    const share = Math.max(keep, Math.min(plan.target, plan.free));
    changed.push({ ...row, ...name, share, ofLimit: limit, short: Number(isShort) });
    return share;
  });
  if (changed.length > 0) await insertOrChange(manager, RateShare, changed, ['share', 'ofLimit', 'short', 'freeAt']);
  for (const end of ended) await manager.delete(RateShare, end);
  return result;
}

/** Leaves what this instance has used of some limits to be free when it has left the window. */
export async function leaveShares({ manager }: Transaction, claims: ShareClaim[], own: string): Promise<void> {
  const { nowMs } = await readShares(manager, ['']);
  const rows = claims.map(({ subjectId, limit, windowMs, used }) => ({
    subjectId,
    windowMs,
    instance: own,
    share: used,
    ofLimit: limit,
    short: 0,
    freeAt: nowMs + windowMs,
  }));
  await insertOrChange(manager, RateShare, rows, ['share', 'ofLimit', 'short', 'freeAt']);
}
