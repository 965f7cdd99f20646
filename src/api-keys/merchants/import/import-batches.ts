import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { EntityManager, EntityTarget, Repository } from 'typeorm';
import { Account } from '../../../accounts/account.entity.js';
import { ApiKey } from '../../api-key.entity.js';
import { MerchantKeyLimit } from '../../merchant-key-limit.js';
import { KeyPolicies } from '../../policy/key-policies.js';
import { issuedAtOf, violationOf, type KeyPolicy } from '../../policy/key-policy.js';
import { ExpiryNotices } from '../../retention/expiry-notices.js';
import { Application } from '../../../applications/application.entity.js';
import { LEVELS } from '../../../access/levels.js';
import { placeholders } from '../../../platform/database/placeholders.js';
import { RowMapper } from '../../../platform/database/row-mapper.js';
import { holdRow } from '../../../platform/database/row-locks.js';
import { insertRows } from '../../../platform/database/rows.js';
import { DomainError } from '../../../platform/events/domain-error.js';
import { inBatches } from '../../../platform/runtime/batches.js';
import { ROWS_AT_ONCE } from '../../../platform/runtime/turns.js';
import { Transactions } from '../../../platform/database/transactions/transactions.js';
import type { Transaction } from '../../../platform/database/transactions/transaction.js';
import { isDuplicate } from '../../../platform/database/engine-errors.js';
import { ImportFormat } from '../../credentials/imported/import-format.entity.js';
import type { ImportRun, KeyToImport } from './import-rows.js';

export interface ImportRow extends KeyToImport {
  line: number;
}

/** A row that was not imported, and why. */
export interface ImportProblem {
  line: number;
  /** The former system's name for the key, if the row has one. */
  externalId: string | null;
  error: DomainError;
}

/** The outcome of a batch of rows. */
export interface ImportOutcome {
  imported: ApiKey[];
  existing: number;
  refused: ImportProblem[];
}

type StoredKey = Pick<ApiKey, 'id' | 'publicId' | 'previousPublicId' | 'merchantId'>;

const ATTEMPTS = 5;

/** Stores imported keys in batches. */
@Injectable()
export class ImportBatches {
  constructor(
    @InjectRepository(ApiKey) private readonly keys: Repository<ApiKey>,
    private readonly limit: MerchantKeyLimit,
    private readonly notices: ExpiryNotices,
    private readonly policies: KeyPolicies,
    private readonly transactions: Transactions,
  ) {}

  /**
   * Stores the keys that don't exist yet, in one transaction.
   *
   * @throws {DomainError} `access.level_lacking` if the caller may no longer import keys
   */
  async store(run: ImportRun, rows: ImportRow[]): Promise<ImportOutcome> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.transactions.run((tx) => this.insert(tx, run, rows));
      } catch (error) {
        // Another request has imported one of the keys meanwhile, and the next attempt will find it.
        if (attempt === ATTEMPTS || !isDuplicate(error)) throw error;
      }
    }
  }

  /** Returns what storing the rows would do, given the keys of the batches that were rehearsed before. */
  async rehearse(rows: ImportRow[], rehearsed: ReadonlyMap<string, StoredKey>): Promise<ImportOutcome> {
    const stored = await findStored(this.keys.manager, rows);
    const before = rows.flatMap(({ key }) => rehearsed.get(key.id) ?? rehearsed.get(key.publicId) ?? []);
    const outcome = classify(rows, new Map([...before, ...stored.values()].flatMap(entriesById)));
    const imported = await withinPolicies(rows, outcome, (merchantId) => this.policies.read(merchantId));
    return { ...outcome, imported };
  }

  private async insert(tx: Transaction, { id, caller }: ImportRun, rows: ImportRow[]): Promise<ImportOutcome> {
    // The account's level may fall during the import. The account is held, so that either this transaction sees the lower level, or the
    // transaction that lowers it sees the keys.
    const level = (await holdRow(tx.manager, Account, caller.accountId))?.maxKeyLevel ?? -1;
    if (level < LEVELS.writeOwn) throw new DomainError('access.level_lacking');
    const goneApplications = await holdAll(
      tx.manager,
      Application,
      rows.flatMap(({ key }) => key.applicationId ?? []),
    );
    const goneFormats = await holdAll(
      tx.manager,
      ImportFormat,
      rows.map(({ formatId }) => formatId),
    );
    const refused: ImportOutcome['refused'] = [];
    const allowed = rows.filter(({ line, key, formatId }) => {
      const { applicationId, externalId } = key;
      const refuse = (error: DomainError): false => {
        refused.push({ line, externalId, error });
        return false;
      };
      if (applicationId !== null && goneApplications.has(applicationId))
        return refuse(new DomainError('application.not_found'));
      if (goneFormats.has(formatId)) return refuse(new DomainError('import_format.not_found'));
      return key.level <= level || refuse(DomainError.invalid('level', 'level must not be above your own'));
    });
    const outcome = classify(allowed, await findStored(tx.manager, allowed));
    const lawful = await withinPolicies(allowed, outcome, (merchantId) => this.policies.hold(tx, merchantId));
    const imported = await this.withinLimit(tx, allowed, lawful, refused);
    const formatOf = new Map(allowed.map(({ key, formatId }) => [key, formatId]));
    if (imported.length > 0) {
      for (const some of inBatches(imported, ROWS_AT_ONCE)) await insertRows(tx.manager, ApiKey, some);
      for (const { id: keyId, expiresAt } of imported) this.notices.expect(tx, keyId, expiresAt);
      for (const merchantId of new Set(imported.map((key) => key.merchantId))) {
        const keys = imported.filter((key) => key.merchantId === merchantId);
        const formatIds = new Set(keys.flatMap((key) => formatOf.get(key) ?? []));
        const applicationIds = [...new Set(keys.flatMap((key) => key.applicationId ?? []))];
        await tx.publish({
          name: 'api_key.imported',
          actor: caller,
          merchantId,
          targetType: 'import',
          targetId: id,
          details: { count: keys.length, applicationIds: applicationIds.slice(0, 10) },
          invalidates: [...formatIds].map((formatId) => ({ kind: 'import', id: formatId, revokes: 'nothing' })),
        });
      }
    }
    return { ...outcome, imported, refused: [...refused, ...outcome.refused] };
  }

  /** Returns the keys of the merchants that may have so many more, and refuses all others. */
  private async withinLimit(
    tx: Transaction,
    rows: ImportRow[],
    keys: ApiKey[],
    refused: ImportProblem[],
  ): Promise<ApiKey[]> {
    const full = new Map<string, DomainError>();
    for (const merchantId of new Set(keys.map((key) => key.merchantId))) {
      const adding = keys.filter((key) => key.merchantId === merchantId).length;
      await this.limit.assertWithin(tx, merchantId, adding).catch((error: unknown) => {
        if (!(error instanceof DomainError)) throw error;
        full.set(merchantId, error);
      });
    }
    const surplus = new Set(keys.filter(({ merchantId }) => full.has(merchantId)));
    for (const { line, key } of rows) {
      const error = surplus.has(key) ? full.get(key.merchantId) : undefined;
      if (error) refused.push({ line, externalId: key.externalId, error });
    }
    return keys.filter((key) => !surplus.has(key));
  }
}

/** Returns the new keys that live no longer than the policies of their merchants allow, and refuses the others. */
async function withinPolicies(
  rows: ImportRow[],
  { imported, refused }: ImportOutcome,
  policyOf: (merchantId: string) => Promise<KeyPolicy>,
): Promise<ApiKey[]> {
  const policies = new Map<string, KeyPolicy>();
  for (const merchantId of [...new Set(imported.map((key) => key.merchantId))].sort())
    policies.set(merchantId, await policyOf(merchantId));
  const lineOf = new Map(rows.map(({ key, line }) => [key, line]));
  return imported.filter((key) => {
    const policy = policies.get(key.merchantId);
    const error = policy ? violationOf(policy, key, issuedAtOf(key)) : null;
    if (error) refused.push({ line: lineOf.get(key) ?? 0, externalId: key.externalId, error });
    return error === null;
  });
}

/** Holds rows in the order of their ids, which prevents their deletion. Returns the ids of those that don't exist. */
async function holdAll<T extends Application | ImportFormat>(
  manager: EntityManager,
  entity: EntityTarget<T>,
  ids: string[],
): Promise<Set<string>> {
  const missing = new Set<string>();
  for (const id of [...new Set(ids)].sort()) if (!(await holdRow(manager, entity, id))) missing.add(id);
  return missing;
}

/** Finds the stored keys with an id of these rows, including keys that have been rotated since they were imported. */
async function findStored(manager: EntityManager, rows: ImportRow[]): Promise<Map<string, StoredKey>> {
  if (rows.length === 0) return new Map();
  const mapper = new RowMapper(manager, ApiKey, 'k', ['id', 'publicId', 'previousPublicId', 'merchantId']);
  const selectBy = (column: string): string =>
    `SELECT ${mapper.columns} FROM api_key k WHERE k.${column} IN (${placeholders(ids)})`;
  const ids = rows.flatMap(({ key, former }) => [key.id, former.id]);
  const publicIds = rows.flatMap(({ key, former }) => [key.publicId, former.publicId]);
  // One SELECT per index, because engines may scan the whole table for conditions that are joined by OR.
  const found = await manager.query<Record<string, unknown>[]>(
    ['id', 'public_id', 'previous_public_id'].map(selectBy).join(' UNION ALL '),
    [...ids, ...publicIds, ...publicIds],
  );
  return new Map(found.flatMap((row) => entriesById(mapper.readInto(row, {}))));
}

/** Returns map entries for a key, one for each of its ids. */
const entriesById = <T extends StoredKey>(key: T): [string, T][] =>
  [key.id, key.publicId, key.previousPublicId].flatMap((id) => (id === null ? [] : [[id, key]]));

/** Divides rows into new keys, keys that the merchant already has, and rows that conflict with another key of the merchant. */
function classify(rows: ImportRow[], stored: Map<string, StoredKey>): ImportOutcome {
  const outcome: ImportOutcome = { imported: [], existing: 0, refused: [] };
  for (const { line, key, former } of rows) {
    const ofMerchant = [key.id, key.publicId, former.id, former.publicId].flatMap((id) => stored.get(id) ?? []);
    const other = ofMerchant.find(({ merchantId }) => merchantId === key.merchantId);
    if (!other) {
      stored.set(key.id, key).set(key.publicId, key);
      outcome.imported.push(key);
    } else if (other.id === key.id || other.id === former.id) outcome.existing += 1;
    else outcome.refused.push({ line, externalId: key.externalId, error: new DomainError('api_key.taken') });
  }
  return outcome;
}
