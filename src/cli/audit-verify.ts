import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { DataSource } from 'typeorm';
import { Merchant } from '../accounts/merchant.entity.js';
import { Config } from '../platform/config/config.js';
import { TABLES } from '../entities.js';
import { dataSourceOptions } from '../platform/database/data-source.js';
import { requireMigrated } from '../platform/database/schema.js';
import { AuditChain, AuditEvent } from '../audit/audit-event.entity.js';
import { KEPT_HEAD } from '../audit/audit.dto.js';
import { ChainVerifier, type ChainReport } from '../audit/verify/chain-verifier.js';
import { placeOf } from '../audit/verify/problem.js';

const USAGE = 'npm run audit:verify -- [--head <merchant id>=<sequence>:<hash>] …';

/** Follows the chains of all merchants, whether or not a server runs. @returns whether all of them are as they were written */
async function main(): Promise<boolean> {
  const heads = headsOf(process.argv.slice(2));
  const url = process.env.DATABASE_URL ?? new Config().DATABASE_URL;
  const source = await new DataSource(dataSourceOptions(url, TABLES)).initialize();
  try {
    await requireMigrated(source);
    const verifier = new ChainVerifier(source.getRepository(AuditEvent));
    let isValid = true;
    for (const merchantId of await merchantsOf(source, heads)) {
      const report = await verifier.verify(merchantId, heads.get(merchantId) ?? null);
      console.log(linesOf(merchantId, report).join('\n'));
      isValid &&= report.problems.length === 0;
    }
    return isValid;
  } finally {
    await source.destroy();
  }
}

function headsOf(args: string[]): Map<string, ReturnType<typeof placeOf>> {
  const { head = [] } = parseArgs({ args, options: { head: { type: 'string', multiple: true } } }).values;
  return new Map(
    head.map((text) => {
      const [merchantId = '', place = ''] = text.split('=');
      if (!KEPT_HEAD.test(place)) throw new Error(`"${text}" is no head.\n${USAGE}`);
      return [merchantId, placeOf(place)];
    }),
  );
}

/** Also those of whom there is nothing left but a chain, or a head that was kept. */
async function merchantsOf(source: DataSource, heads: Map<string, unknown>): Promise<string[]> {
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

main().then(
  (isValid) => (process.exitCode = isValid ? 0 : 1),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 2;
  },
);
