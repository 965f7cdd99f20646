import type { DataSource } from 'typeorm';
import { Merchant } from '../../accounts/merchant.entity.js';
import { AuditChain, AuditEvent } from '../../audit/audit-event.entity.js';
import { KEPT_HEAD } from '../../audit/audit.dto.js';
import { presentVerification } from '../../audit/audit.presenter.js';
import { ChainVerifier, type ChainReport } from '../../audit/verify/chain-verifier.js';
import { placeOf, type Place } from '../../audit/verify/problem.js';
import { readManifest } from '../../backup/backup-file.js';
import { withDatabase } from '../application/database.js';
import { UsageError } from '../shell/failure.js';

/**
 * Follows the chains of all merchants, whether or not a server runs.
 *
 * @param kept places whose hashes were kept elsewhere, each as `<merchant id>=<sequence>:<hash>`
 * @param backup a backup, whose heads were kept with it
 * @returns whether all chains are as they were written
 */
export async function verifyAudit(kept: string[], backup: string | undefined, json: boolean): Promise<boolean> {
  const heads = new Map([...(await readHeads(backup)), ...parseHeads(kept)]);
  return withDatabase(async (source) => {
    const verifier = new ChainVerifier(source.getRepository(AuditEvent));
    const trails = [];
    for (const merchantId of await merchantsOf(source, heads)) {
      const report = await verifier.verify(merchantId, heads.get(merchantId) ?? null);
      if (!json) console.log(linesOf(merchantId, report).join('\n'));
      trails.push({ merchantId, ...presentVerification(report) });
    }
    if (json) console.log(JSON.stringify(trails, null, 2));
    return trails.every(({ valid }) => valid);
  });
}

async function readHeads(backup: string | undefined): Promise<[string, Place][]> {
  const { auditHeads } = backup === undefined ? { auditHeads: [] } : await readManifest(backup);
  return auditHeads.map(({ merchantId, ...head }) => [merchantId, head]);
}

/** @throws {UsageError} */
function parseHeads(kept: string[]): Map<string, Place> {
  return new Map(
    kept.map((text) => {
      const [merchantId = '', place = ''] = text.split('=');
      if (!KEPT_HEAD.test(place))
        throw new UsageError(`"${text}" is not a head. A head is <merchant id>=<sequence>:<hash>.`);
      return [merchantId, placeOf(place)];
    }),
  );
}

/** The ids of all merchants, and of those of which nothing is left but a chain, or a head that was kept. */
async function merchantsOf(source: DataSource, heads: Map<string, Place>): Promise<string[]> {
  const merchants = await source.getRepository(Merchant).find({ select: { id: true } });
  const chains = await source.getRepository(AuditChain).find({ select: { merchantId: true } });
  const ids = [...merchants.map(({ id }) => id), ...chains.map(({ merchantId }) => merchantId), ...heads.keys()];
  return [...new Set(ids)].sort();
}

function linesOf(merchantId: string, { entries, unsealed, head, problems }: ChainReport): string[] {
  const verdict = problems.length === 0 ? 'valid  ' : 'BROKEN ';
  const end = head ? `${head.sequence}:${head.hash}` : 'none';
  return [
    `${verdict} ${merchantId}  ${entries} records, ${unsealed} not sealed yet, head ${end}`,
    ...problems.map(({ kind, eventId, message }) => `  ${kind}: ${message}${eventId === null ? '' : ` (${eventId})`}`),
  ];
}
