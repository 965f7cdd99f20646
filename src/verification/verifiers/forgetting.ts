import type { EntityManager } from 'typeorm';
import type { AppliedChange } from '../barrier/lease.js';
import type { InvalidationKind } from '../../platform/events/invalidation.js';
import type { ForgetEvent } from './attachment.js';

/** How many changes are read for a verifier that has been away. After more of them it forgets everything. */
const CHANGES_MAX = 10_000;

/** What a merchant's verifiers have to forget because of changes, which concern various merchants; `null` if nothing. */
export function toForgetEvent(changes: readonly AppliedChange[], merchantId: string): ForgetEvent | null {
  const concerned = changes.filter((change) => change.merchantId === null || change.merchantId === merchantId);
  const last = concerned.at(-1);
  if (!last) return null;
  return {
    kind: 'forget',
    revision: last.revision,
    // An import makes no key invalid.
    forget: concerned.flatMap(({ kind, id }) => (kind === 'import' ? [] : [id])),
    everything: false,
    importsKeys: concerned.some(({ kind }) => kind === 'import'),
  };
}

/**
 * What a verifier has to forget that has not been told of the changes after one revision and up to another. It is everything if these changes
 * aren't all known any more.
 */
export async function findMissed(
  manager: EntityManager,
  merchantId: string,
  after: number,
  upTo: number,
): Promise<ForgetEvent | null> {
  if (after >= upTo) return null;
  const changes = upTo - after > CHANGES_MAX ? [] : await readChanges(manager, after, upTo);
  // Revisions have no gaps.
  if (changes.length === upTo - after) {
    const event = toForgetEvent(changes, merchantId);
    return event && { ...event, revision: upTo };
  }
  return { kind: 'forget', revision: upTo, forget: [], everything: true, importsKeys: true };
}

async function readChanges(manager: EntityManager, after: number, upTo: number): Promise<AppliedChange[]> {
  const rows = await manager.query<
    { revision: number | string; kind: InvalidationKind; id: string; merchantId: string | null }[]
  >(
    `SELECT revision, kind, subject AS id, merchant_id AS merchantId FROM key_change
      WHERE revision > ? AND revision <= ? ORDER BY revision`,
    [after, upTo],
  );
  return rows.map((row) => ({ ...row, revision: Number(row.revision) }));
}
