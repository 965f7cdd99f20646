import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import type { DataSource } from 'typeorm';
import { Merchant } from '../../accounts/merchant.entity.js';
import { AuditEvent } from '../../audit/audit-event.entity.js';
import { AuditSearch, type EventFilter, type Moment } from '../../audit/audit-search.js';
import { AuditFilter } from '../../audit/audit.dto.js';
import { presentAuditEvent } from '../../audit/audit.presenter.js';
import { withDatabase } from '../application/database.js';
import { CommandError, UsageError } from '../shell/failure.js';

/** Events read at a time. */
const BATCH = 500;

interface ExportOptions {
  merchant?: string;
  from?: string;
  to?: string;
  output?: string;
}

/** Writes events as lines of JSON, the oldest first, as `GET /api/v1/audit-events/export` does. */
export async function exportAudit({ merchant, from, to, output }: ExportOptions): Promise<void> {
  const period = readPeriod(from, to);
  await withDatabase(async (source) => {
    const merchantId = merchant === undefined ? null : await findMerchant(source, merchant);
    const lines = linesOf(source, { ...period, ...(merchantId !== null && { merchantId }), others: {} });
    if (output === undefined) await pipeline(Readable.from(lines), process.stdout, { end: false });
    else await writeWhole(output, lines);
  });
}

async function* linesOf(source: DataSource, filter: EventFilter): AsyncGenerator<string> {
  const search = new AuditSearch(source.getRepository(AuditEvent));
  for (let moment: Moment | null = null; ;) {
    const { events, next } = await search.after(filter, 'ASC', moment, BATCH);
    if (events.length > 0) yield events.map((event) => `${JSON.stringify(presentAuditEvent(event))}\n`).join('');
    if (!next) return;
    moment = next;
  }
}

/** Writes a file that is there only when it is complete. */
async function writeWhole(path: string, lines: AsyncGenerator<string>): Promise<void> {
  const draft = `${path}.part`;
  try {
    await pipeline(Readable.from(lines), createWriteStream(draft, { mode: 0o600 }));
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** @throws {UsageError} when a time is none that the API takes */
function readPeriod(from: string | undefined, to: string | undefined): Pick<EventFilter, 'from' | 'to'> {
  const filter = plainToInstance(AuditFilter, { ...(from && { from }), ...(to && { to }) });
  const [problem] = validateSync(filter);
  if (problem)
    throw new UsageError(
      `--${problem.property} must be a time in UTC or with an offset, like 2026-11-21T00:00:00Z, or a date like 2026-11-21.`,
    );
  return {
    ...(filter.from !== undefined && { from: new Date(filter.from) }),
    ...(filter.to !== undefined && { to: new Date(filter.to) }),
  };
}

/** A merchant that is gone still has its trail, so an id needs no merchant. */
async function findMerchant(source: DataSource, name: string): Promise<string> {
  const id = name.toLowerCase();
  const merchant = await source.getRepository(Merchant).findOne({ where: [{ id }, { clientId: name }] });
  if (merchant) return merchant.id;
  if (await source.getRepository(AuditEvent).existsBy({ merchantId: id })) return id;
  throw new CommandError(`There is no merchant "${name}", and no event of one. Name it by its id or its client id.`);
}
