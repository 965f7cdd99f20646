import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { EntityManager, Repository } from 'typeorm';
import { Account } from '../../../accounts/account.entity.js';
import { ApiKey } from '../../api-key.entity.js';
import { ExpiryNotices } from '../../retention/expiry-notices.js';
import { Application } from '../../../applications/application.entity.js';
import { LEVELS } from '../../../access/levels.js';
import { placeholders } from '../../../platform/database/placeholders.js';
import { RowMapper } from '../../../platform/database/row-mapper.js';
import { holdRow } from '../../../platform/database/row-locks.js';
import { insertRows } from '../../../platform/database/rows.js';
import { DomainError } from '../../../platform/events/domain-error.js';
import { isDuplicate, Transactions, type Transaction } from '../../../platform/database/transactions/transactions.js';
import type { ImportRun } from './import-rows.js';

export interface ImportRow {
  line: number;
  key: ApiKey;
}

/** Why a row wasn't imported. */
export interface ImportProblem {
  line: number;
  /** What the row says that the former system calls the key. */
  externalId: string | null;
  error: DomainError;
}

/** What became of some rows. */
export interface ImportOutcome {
  imported: ApiKey[];
  existing: number;
  refused: ImportProblem[];
}

type HeldKey = Pick<ApiKey, 'id' | 'publicId' | 'previousPublicId' | 'merchantId'>;

const ATTEMPTS = 5;

/** Stores keys, many in one statement. */
@Injectable()
export class ImportBatches {
  constructor(
    @InjectRepository(ApiKey) private readonly keys: Repository<ApiKey>,
    private readonly notices: ExpiryNotices,
    private readonly transactions: Transactions,
  ) {}

  /**
   * Stores the keys that aren't there yet, all in one transaction.
   *
   * @throws {DomainError} `access.level_lacking` when the caller may not import any more
   */
  async store(run: ImportRun, rows: ImportRow[]): Promise<ImportOutcome> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.transactions.run((tx) => this.insert(tx, run, rows));
      } catch (error) {
        // Somebody else imported one of them meanwhile, which the next look shows.
        if (attempt === ATTEMPTS || !isDuplicate(error)) throw error;
      }
    }
  }

  /** What storing them would lead to, after the rows that were looked at before. */
  async rehearse(rows: ImportRow[], before: ReadonlyMap<string, HeldKey>): Promise<ImportOutcome> {
    const held = await heldKeys(this.keys.manager, rows);
    return sort(
      rows,
      new Map([...rows.flatMap(({ key }) => before.get(key.publicId) ?? []), ...held.values()].flatMap(byIds)),
    );
  }

  private async insert(tx: Transaction, { id, caller }: ImportRun, rows: ImportRow[]): Promise<ImportOutcome> {
    // The rights may go while the rows come: whichever is second sees what the first one did.
    const level = (await holdRow(tx.manager, Account, caller.accountId))?.maxKeyLevel ?? -1;
    if (level < LEVELS.writeOwn) throw new DomainError('access.level_lacking');
    const gone = await this.holdApplications(tx.manager, rows);
    const refused: ImportOutcome['refused'] = [];
    const allowed = rows.filter(({ line, key }) => {
      const isGone = key.applicationId !== null && gone.has(key.applicationId);
      const { externalId } = key;
      if (isGone) refused.push({ line, externalId, error: new DomainError('application.not_found') });
      else if (key.level > level)
        refused.push({ line, externalId, error: DomainError.invalid('level', 'level must not be above your own') });
      return !isGone && key.level <= level;
    });
    const outcome = sort(allowed, await heldKeys(tx.manager, allowed));
    const { imported } = outcome;
    if (imported.length > 0) {
      await insertRows(tx.manager, ApiKey, imported);
      for (const { id: keyId, expiresAt } of imported) this.notices.expect(tx, keyId, expiresAt);
      for (const merchantId of new Set(imported.map((key) => key.merchantId))) {
        const keys = imported.filter((key) => key.merchantId === merchantId);
        const applicationIds = [...new Set(keys.flatMap((key) => key.applicationId ?? []))];
        await tx.publish({
          name: 'api_key.imported',
          actor: caller,
          merchantId,
          targetType: 'import',
          targetId: id,
          details: { count: keys.length, applicationIds: applicationIds.slice(0, 10) },
        });
      }
    }
    return { ...outcome, refused: [...refused, ...outcome.refused] };
  }

  /** Keeps the applications from being deleted meanwhile, in the order of their ids; the result are those that have been. */
  private async holdApplications(manager: EntityManager, rows: ImportRow[]): Promise<Set<string>> {
    const gone = new Set<string>();
    for (const id of [...new Set(rows.flatMap(({ key }) => key.applicationId ?? []))].sort())
      if (!(await holdRow(manager, Application, id))) gone.add(id);
    return gone;
  }
}

/** What is stored of these rows already, also of keys that have been rotated since. */
async function heldKeys(manager: EntityManager, rows: ImportRow[]): Promise<Map<string, HeldKey>> {
  if (rows.length === 0) return new Map();
  const held = new RowMapper(manager, ApiKey, 'k', ['id', 'publicId', 'previousPublicId', 'merchantId']);
  const by = (column: string): string =>
    `SELECT ${held.columns} FROM api_key k WHERE k.${column} IN (${placeholders(rows)})`;
  const publicIds = rows.map(({ key }) => key.publicId);
  // Three stretches of three indices: engines may read the whole table when they are asked for either.
  const found = await manager.query<Record<string, unknown>[]>(
    ['id', 'public_id', 'previous_public_id'].map(by).join(' UNION ALL '),
    [...rows.map(({ key }) => key.id), ...publicIds, ...publicIds],
  );
  return new Map(found.flatMap((row) => byIds(held.readInto(row, {}))));
}

const byIds = <T extends HeldKey>(key: T): [string, T][] =>
  [key.id, key.publicId, key.previousPublicId].flatMap((id) => (id === null ? [] : [[id, key]]));

/** Which are new, which are there already, and which are somebody else's or another key's. */
function sort(rows: ImportRow[], held: Map<string, HeldKey>): ImportOutcome {
  const outcome: ImportOutcome = { imported: [], existing: 0, refused: [] };
  for (const { line, key } of rows) {
    const other = held.get(key.id) ?? held.get(key.publicId);
    if (!other) {
      held.set(key.publicId, key);
      outcome.imported.push(key);
    } else if (other.id === key.id && other.merchantId === key.merchantId) outcome.existing += 1;
    else outcome.refused.push({ line, externalId: key.externalId, error: new DomainError('api_key.taken') });
  }
  return outcome;
}
