import { randomUUID } from 'node:crypto';
import { setImmediate as otherWork } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { Caller } from '../../../access/caller.js';
import type { ApiKey } from '../../api-key.entity.js';
import { DomainError } from '../../../platform/events/domain-error.js';
import { ImportBatches, type ImportOutcome, type ImportProblem, type ImportRow } from './import-batches.js';
import type { ImportLine } from './import-lines.js';
import { checked, externalIdIn, ImportRows, type ImportRun } from './import-rows.js';
import { ImportFormatBody } from './import.dto.js';

/** Rows in one transaction. */
const BATCH = 500;

/** Transactions that are under way while more rows are read; the database works on each with a thread of its own. */
const BATCHES_AT_ONCE = 2;

/** Rows that are looked at before other requests have their turn. */
const AT_ONCE = 25;

/** Problems that are told. */
const PROBLEMS_MAX = 1000;

/** What became of all rows. */
export interface ImportResult {
  imported: number;
  existing: number;
  failed: number;
  isDryRun: boolean;
  problems: ImportProblem[];
}

/** Takes in keys of which there are only hashes, so that they go on working. */
@Injectable()
export class ImportService {
  constructor(
    private readonly batches: ImportBatches,
    private readonly rows: ImportRows,
  ) {}

  /**
   * Imports line after line. Each batch is there for good once it is stored: whoever is interrupted sends everything again, and what is there
   * counts as existing.
   *
   * @throws {DomainError} for what is wrong with the whole: no format, no keys, too many lines
   */
  async run(caller: Caller, lines: AsyncIterable<ImportLine>, isDryRun: boolean): Promise<ImportResult> {
    const result: ImportResult = { imported: 0, existing: 0, failed: 0, isDryRun, problems: [] };
    const rehearsed = new Map<string, ApiKey>();
    let run: ImportRun | null = null;
    let batch: ImportRow[] = [];
    let count = 0;
    const storing = new Set<Promise<void>>();
    // What a rehearsal finds depends on the batches before.
    const atOnce = isDryRun ? 1 : BATCHES_AT_ONCE;
    const store = async (of: ImportRun): Promise<void> => {
      while (storing.size >= atOnce) await Promise.race(storing);
      if (batch.length === 0) return;
      const outcome = isDryRun ? this.batches.rehearse(batch, rehearsed) : this.batches.store(of, batch);
      batch = [];
      const stored = outcome.then((became) => add(result, became, rehearsed)).then(() => void storing.delete(stored));
      stored.catch(() => undefined);
      storing.add(stored);
    };
    try {
      for await (const { line, value, error } of lines) {
        if (!run) {
          run = begin(caller, formatOf(value, error), isDryRun);
          continue;
        }
        count += 1;
        if (count % AT_ONCE === 0) await otherWork();
        try {
          if (error) throw error;
          batch.push({ line, key: await this.rows.read(run, value) });
        } catch (refusal) {
          if (!(refusal instanceof DomainError) || refusal.status >= 500) throw refusal;
          fail(result, { line, externalId: externalIdIn(value), error: refusal });
        }
        if (batch.length === BATCH) await store(run);
      }
      if (!run) throw new DomainError('request.body_missing');
      if (count === 0) throw DomainError.invalid('keys', 'keys must not be empty');
      await store(run);
      await Promise.all(storing);
    } finally {
      await Promise.allSettled(storing);
    }
    return { ...result, problems: result.problems.sort((a, b) => a.line - b.line) };
  }
}

const begin = (caller: Caller, format: ImportFormatBody, isDryRun: boolean): ImportRun => ({
  id: randomUUID(),
  caller,
  format,
  isDryRun,
  applications: new Map(),
  formatIds: new Map(),
});

/** What the first line says of all others. */
function formatOf(first: unknown, error: DomainError | undefined): ImportFormatBody {
  if (error) throw error;
  const { format } = (first ?? {}) as { format?: unknown };
  if (typeof format !== 'object' || format === null)
    throw DomainError.invalid('format', 'format must be an object, in the first line');
  const body = checked(ImportFormatBody, format, 'format.');
  if (body.prefix == null && body.length == null)
    throw DomainError.invalid('format', 'format must say the prefix or the length of the keys');
  return body;
}

function add(
  result: ImportResult,
  { imported, existing, refused }: ImportOutcome,
  rehearsed: Map<string, ApiKey>,
): void {
  result.imported += imported.length;
  result.existing += existing;
  if (result.isDryRun) for (const key of imported) rehearsed.set(key.publicId, key);
  for (const problem of refused) fail(result, problem);
}

function fail(result: ImportResult, problem: ImportProblem): void {
  result.failed += 1;
  if (result.problems.length < PROBLEMS_MAX) result.problems.push(problem);
}
