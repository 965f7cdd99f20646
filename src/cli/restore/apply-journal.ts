import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { BackupError } from '../../backup/backup-error.js';
import { readJournals } from '../../backup/journals.js';
import { TABLES } from '../../entities.js';
import { DatabaseIdentity } from '../../platform/database/database-identity.entity.js';
import { databaseTimeMs } from '../../platform/database/engine-sql.js';
import { openDatabase } from '../../platform/database/open-database.js';
import { requireMigrated } from '../../platform/database/schema.js';
import { Instance } from '../../verification/barrier/instance.entity.js';
import { LEASE_MS } from '../../verification/barrier/lease.js';
import { KeyRevision } from '../../verification/key-change.entity.js';
import { assertDatabase, readLocation } from '../shell/location.js';
import { assertSecrets } from './own-secrets.js';
import { replay } from './replay.js';
import { printSummary } from './summary.js';

export interface ApplyOptions {
  acceptIncompleteJournal?: boolean;
  json?: boolean;
}

/** Applies journals to the database of DATABASE_URL, which the operator has restored. */
export async function applyJournal(paths: string[], { acceptIncompleteJournal, json }: ApplyOptions): Promise<void> {
  const { url, folder } = readLocation();
  assertDatabase(url);
  assertSecrets();
  const restored = await inspect(url);
  const { index, files, gaps } = await readJournals(folder, paths, restored);
  if (files.length === 0)
    throw new BackupError(
      `There is no revocation journal of this database${folder === null ? '' : ` in ${folder}`}. Name its files or folders after --apply-journal.`,
    );
  if (gaps.length > 0 && !acceptIncompleteJournal)
    throw new BackupError(
      `${gaps.join(' ')} Nothing has been changed. Add --accept-incomplete-journal to apply what there is.`,
    );
  const { counts, since } = await replay(url, {
    choose: (revision) => index.after(revision),
    latest: index.latest,
    environment: {},
    takenAt: null,
  });
  printSummary(
    { database: restored.database, revision: since, journals: files.length, counts, gaps, kept: null, audit: null },
    json,
  );
}

/** @throws {BackupError} when a server uses the database */
async function inspect(url: string): Promise<{ database: string; revision: number }> {
  const source = await openDatabase(url, TABLES);
  try {
    await requireMigrated(source);
    await assertUnused(source);
    const { uuid, restoredRevision } = await source.manager.findOneByOrFail(DatabaseIdentity, { id: 1 });
    const { value } = await source.manager.findOneByOrFail(KeyRevision, { id: 1 });
    return { database: uuid, revision: restoredRevision ?? value };
  } finally {
    await source.destroy();
  }
}

/** Waits for leases of servers that have crashed, or were in the backup. A running server renews its own. */
async function assertUnused(source: DataSource): Promise<void> {
  const instances = source.getRepository(Instance);
  const isUsed = (): Promise<boolean> =>
    instances
      .createQueryBuilder('instance')
      .where(`instance.leaseUntil > ${databaseTimeMs(instances)}`)
      .getExists();
  const deadline = performance.now() + LEASE_MS + 500;
  while (await isUsed()) {
    if (performance.now() > deadline) throw new BackupError('A server uses the database. Stop all servers first.');
    await sleep(250);
  }
}
