import type { EntityManager } from 'typeorm';
import { QuotaUse } from './quota-use.entity.js';

/** One period of a key's quota. */
export interface QuotaTerm {
  keyId: string;
  /** The start of the period, in milliseconds since 1970. */
  periodStartMs: number;
}

export const termKey = ({ keyId, periodStartMs }: QuotaTerm): string => `${keyId}:${periodStartMs}`;

/** Reads the stored use of quotas, by {@link termKey}. */
export async function readUsed(manager: EntityManager, terms: QuotaTerm[]): Promise<Map<string, number>> {
  const uses = await manager.findBy(
    QuotaUse,
    terms.map(({ keyId, periodStartMs }) => ({ keyId, periodStart: new Date(periodStartMs) })),
  );
  return new Map(
    uses.map(({ keyId, periodStart, used }) => [termKey({ keyId, periodStartMs: periodStart.getTime() }), used]),
  );
}
