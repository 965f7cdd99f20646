import type { EntityManager, EntityTarget, ObjectLiteral } from 'typeorm';
import { databaseTimeMs } from '../../../platform/database/engine-sql.js';
import { placeholders } from '../../../platform/database/placeholders.js';
import { RowMapper } from '../../../platform/database/row-mapper.js';
import { MAX_CLOCK_SKEW_MS } from '../../barrier/revocation-barrier.js';
import { QuotaLoan } from './quota-loan.entity.js';
import { QuotaUse } from './quota-use.entity.js';

/** One period of a quota. */
export interface Term {
  keyId: string;
  periodStart: Date;
}

/** What the database knows of one period of a quota. */
export interface LedgerEntry {
  used: number;
  /** The loan to this instance. */
  own: QuotaLoan | undefined;
  /** What other instances may use. */
  lentToOthers: number;
  /** The loans of instances that have died. */
  dead: QuotaLoan[];
}

const nameOf = ({ keyId, periodStart }: Term): string => `${keyId} ${periodStart.getTime()}`;

/**
 * Reads what is known of some quotas, in their order. Their rows must exist and be locked, so that no other instance exchanges at the same
 * time.
 */
export async function readLedger(manager: EntityManager, terms: Term[], own: string): Promise<LedgerEntry[]> {
  const uses = new Map((await readTerms(manager, QuotaUse, terms)).map((use) => [nameOf(use), use.used]));
  const loans = await readTerms(manager, QuotaLoan, terms);
  const live = await findLive(manager, loans, own);
  const byTerm = new Map<string, QuotaLoan[]>();
  for (const loan of loans) byTerm.set(nameOf(loan), [...(byTerm.get(nameOf(loan)) ?? []), loan]);
  return terms.map((term) => {
    const all = byTerm.get(nameOf(term)) ?? [];
    const others = all.filter(({ instance }) => instance !== own);
    return {
      used: uses.get(nameOf(term)) ?? 0,
      own: all.find(({ instance }) => instance === own),
      lentToOthers: totalOf(others.filter(({ instance }) => live.has(instance))),
      dead: others.filter(({ instance }) => !live.has(instance)),
    };
  });
}

/** Returns what the borrowers of some loans may have used without reporting it. */
export const totalOf = (loans: QuotaLoan[]): number =>
  loans.reduce((sum, { granted, reported }) => sum + granted - reported, 0);

/** Reads the rows of some subjects in some periods, among them all that are asked for. */
async function readTerms<T extends ObjectLiteral>(
  manager: EntityManager,
  entity: EntityTarget<T>,
  terms: Term[],
): Promise<T[]> {
  const mapper = RowMapper.for(manager, entity);
  const keyIds = [...new Set(terms.map(({ keyId }) => keyId))];
  const starts = [...new Set(terms.map(({ periodStart }) => periodStart.getTime()))].map((startMs) =>
    mapper.toStored('period_start', new Date(startMs)),
  );
  const rows = await manager.query<Record<string, unknown>[]>(
    `${mapper.select} WHERE t.key_id IN (${placeholders(keyIds)}) AND t.period_start IN (${placeholders(starts)})`,
    [...keyIds, ...starts],
  );
  return rows.map((row) => mapper.read(row));
}

/** Returns the borrowers, other than this instance, whose leases haven't expired, with a margin for the clocks of a cluster's servers. */
async function findLive(manager: EntityManager, loans: QuotaLoan[], own: string): Promise<Set<string>> {
  const borrowers = [...new Set(loans.map(({ instance }) => instance))].filter((id) => id !== own);
  if (borrowers.length === 0) return new Set();
  const rows = await manager.query<{ id: string }[]>(
    `SELECT id FROM instance WHERE id IN (${placeholders(borrowers)}) AND lease_until > ${databaseTimeMs({ manager })} - ${MAX_CLOCK_SKEW_MS}`,
    borrowers,
  );
  return new Set(rows.map(({ id }) => id));
}
