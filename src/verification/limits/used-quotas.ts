import type { EntityManager } from 'typeorm';
import { QuotaUse } from './quota-use.entity.js';

/** A period of a key's quota. */
export interface QuotaTerm {
  keyId: string;
  /** Its first moment, in milliseconds since 1970. */
  periodStartMs: number;
}

export const nameOf = ({ keyId, periodStartMs }: QuotaTerm): string => `${keyId}:${periodStartMs}`;

/** How much of quotas is used up, as the database has it, by {@link nameOf}. */
export async function usedOf(manager: EntityManager, terms: QuotaTerm[]): Promise<Map<string, number>> {
  const uses = await manager.findBy(
    QuotaUse,
    terms.map(({ keyId, periodStartMs }) => ({ keyId, periodStart: new Date(periodStartMs) })),
  );
  return new Map(
    uses.map(({ keyId, periodStart, used }) => [nameOf({ keyId, periodStartMs: periodStart.getTime() }), used]),
  );
}
