import type { DataSource } from 'typeorm';
import { AuditChain } from '../audit/audit-event.entity.js';
import type { Tables } from '../platform/database/data-source.js';
import { DatabaseIdentity } from '../platform/database/database-identity.entity.js';
import { openDatabase } from '../platform/database/open-database.js';
import { KeyRevision } from '../verification/key-change.entity.js';
import { BackupError } from './backup-error.js';
import type { Manifest } from './manifest.js';

/** What a database says about itself. */
export type Description = Pick<Manifest, 'database' | 'revision' | 'migrations' | 'auditHeads'>;

/**
 * Reads through a copy of the database, and describes it.
 *
 * @throws {BackupError} when it is damaged, or its schema has migrations that this version does not know
 */
export async function inspectCopy(path: string, tables: Tables): Promise<Description> {
  const source = await openDatabase(`sqlite:${path}`, tables);
  try {
    await assertIntact(source);
    return await describe(source);
  } finally {
    await source.destroy();
  }
}

async function assertIntact(source: DataSource): Promise<void> {
  const problems = await source.query<{ integrity_check: string }[]>('PRAGMA integrity_check');
  const [first] = problems;
  if (first?.integrity_check !== 'ok') throw new BackupError(`The database is damaged: ${first?.integrity_check}.`);
}

async function describe(source: DataSource): Promise<Description> {
  const { migrations: known, options, manager } = source;
  const names = known.map(({ name, constructor }) => name ?? constructor.name);
  const rows = await source.query<{ name: string }[]>(`SELECT name FROM ${options.migrationsTableName} ORDER BY id`);
  const migrations = rows.map(({ name }) => name);
  const newer = migrations.filter((name) => !names.includes(name));
  if (newer.length > 0)
    throw new BackupError(`The database is of a newer version of Keywright (${newer.join(', ')}). Use that version.`);
  const { uuid } = await manager.findOneByOrFail(DatabaseIdentity, { id: 1 });
  const { value: revision } = await manager.findOneByOrFail(KeyRevision, { id: 1 });
  const chains = await manager.find(AuditChain, { order: { merchantId: 'ASC' } });
  const auditHeads = chains.map(({ merchantId, sequence, hash }) => ({ merchantId, sequence, hash }));
  return { database: uuid, revision, migrations, auditHeads };
}
