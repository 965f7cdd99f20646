import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Caller } from '../../../access/caller.js';
import type { ApiKey } from '../../api-key.entity.js';
import { DomainError } from '../../../platform/events/domain-error.js';
import { letOthersIn } from '../../../platform/runtime/turns.js';
import { ImportBatches, type ImportOutcome, type ImportProblem, type ImportRow } from './import-batches.js';
import type { ImportLine } from './import-lines.js';
import { ImportRows, readExternalId, validate, type ImportRun } from './import-rows.js';
import type { ImportFormatBody } from './formats/import-formats.dto.js';
import { ImportFormatLine } from './import.dto.js';
import { assertLongEnough } from './formats/read-format.js';

/** Rows in one transaction. */
const BATCH = 500;

/** Batches that are stored while more rows are read. The database uses a thread of its own for each. */
const BATCHES_AT_ONCE = 2;

/** Rows that are processed before other requests are. */
const ROWS_PER_TICK = 5;

/** Problems that are reported. */
const PROBLEMS_MAX = 1000;

/** The result of an import. */
export interface ImportResult {
  imported: number;
  existing: number;
  failed: number;
  isDryRun: boolean;
  /** Whether another merchant has had a format of such keys for longer. */
  isShared: boolean;
  problems: ImportProblem[];
}

/** Imports keys by their hashes, so that they stay valid after a move to this server. */
@Injectable()
export class ImportService {
  constructor(
    private readonly batches: ImportBatches,
    private readonly rows: ImportRows,
  ) {}

  /**
   * Imports lines in batches. A batch that has been stored remains, so an interrupted import can be sent again as a whole. The keys that
   * are already stored then count as existing.
   *
   * @throws {DomainError} if the import as a whole is invalid: no format, no keys, or too many lines
   */
  async run(caller: Caller, lines: AsyncIterable<ImportLine>, isDryRun: boolean): Promise<ImportResult> {
    const result: ImportResult = { imported: 0, existing: 0, failed: 0, isDryRun, isShared: false, problems: [] };
    const rehearsed = new Map<string, ApiKey>();
    let run: ImportRun | null = null;
    let batch: ImportRow[] = [];
    let count = 0;
    const storing = new Set<Promise<void>>();
    // In a dry run, the result of a batch depends on the batches before it.
    const batchesAtOnce = isDryRun ? 1 : BATCHES_AT_ONCE;
    const store = async (current: ImportRun): Promise<void> => {
      while (storing.size >= batchesAtOnce) await Promise.race(storing);
      if (batch.length === 0) return;
      const storingBatch = isDryRun ? this.batches.rehearse(batch, rehearsed) : this.batches.store(current, batch);
      batch = [];
      const stored = storingBatch
        .then((outcome) => addOutcome(result, outcome, rehearsed))
        .then(() => void storing.delete(stored));
      stored.catch(() => undefined);
      storing.add(stored);
    };
    try {
      for await (const { line, value, error } of lines) {
        if (!run) {
          run = createRun(caller, readFormat(value, error), isDryRun);
          continue;
        }
        count += 1;
        if (count % ROWS_PER_TICK === 0) await letOthersIn();
        try {
          if (error) throw error;
          batch.push({ line, ...(await this.rows.read(run, value)) });
        } catch (refusal) {
          if (!(refusal instanceof DomainError) || refusal.status >= 500) throw refusal;
          addProblem(result, { line, externalId: readExternalId(value), error: refusal });
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
    return { ...result, isShared: run.isShared, problems: result.problems.sort((a, b) => a.line - b.line) };
  }
}

const createRun = (caller: Caller, format: ImportFormatBody, isDryRun: boolean): ImportRun => ({
  id: randomUUID(),
  caller,
  format,
  isDryRun,
  applications: new Map(),
  formats: new Map(),
  isShared: false,
  given: new Map(),
  policies: new Map(),
});

/** Returns the format, which is in the first line. */
function readFormat(first: unknown, error: DomainError | undefined): ImportFormatBody {
  if (error) throw error;
  const { format } = validate(ImportFormatLine, first ?? {});
  assertLongEnough(format);
  return format;
}

function addOutcome(
  result: ImportResult,
  { imported, existing, refused }: ImportOutcome,
  rehearsed: Map<string, ApiKey>,
): void {
  result.imported += imported.length;
  result.existing += existing;
  if (result.isDryRun) for (const key of imported) rehearsed.set(key.id, key).set(key.publicId, key);
  for (const problem of refused) addProblem(result, problem);
}

function addProblem(result: ImportResult, problem: ImportProblem): void {
  result.failed += 1;
  if (result.problems.length < PROBLEMS_MAX) result.problems.push(problem);
}
