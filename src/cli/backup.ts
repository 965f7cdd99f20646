import { randomUUID } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { BackupError } from '../backup/backup-error.js';
import { assertAbsent, assertFolder, measure, writeBackup } from '../backup/backup-file.js';
import { inspectCopy } from '../backup/database-copy.js';
import type { Manifest } from '../backup/manifest.js';
import { readPassphrase, writeSecrets } from '../backup/secrets-file.js';
import { TABLES } from '../entities.js';
import { SECRETS_FILE } from '../platform/config/generated-secrets.js';
import { openDatabase } from '../platform/database/open-database.js';
import { requireMigrated } from '../platform/database/schema.js';
import { SqliteDataSource } from '../platform/database/sqlite/sqlite-data-source.js';
import { assertDatabase, databaseFile, readLocation } from './shell/location.js';
import { assertSecrets } from './restore/own-secrets.js';
import { readVersion } from '../platform/runtime/version.js';

export interface BackupOptions {
  passphraseFile?: string;
  force?: boolean;
  json?: boolean;
}

const ON_A_SERVER =
  'Keywright backs up SQLite. Back up MySQL and MariaDB with their own tools, such as mariadb-backup or mysqldump --single-transaction, ' +
  'and the folder of the revocation journal with them; restore with keywright restore --apply-journal.';

/** Backs the database up, beside running servers or without any, and, with a passphrase, the secrets. */
export async function backUp(
  file: string,
  { passphraseFile, force = false, json = false }: BackupOptions,
): Promise<void> {
  const { url, folder } = readLocation();
  const database = sqlitePath(url, ON_A_SERVER);
  assertDatabase(url);
  for (const path of [file, `${file}.secrets`]) assertApart(path, database, folder);
  await assertFolder(file);
  const passphrase = await readPassphrase(passphraseFile);
  const secrets = passphrase === null ? null : assertSecrets();
  const secretsFile = `${file}.secrets`;
  if (!force) for (const path of secrets ? [file, secretsFile] : [file]) await assertAbsent(path);

  const copy = resolve(dirname(file), `.${randomUUID()}.sqlite`);
  try {
    const manifest = await copyDatabase(database, copy);
    await writeBackup(file, manifest, copy, force);
    if (secrets && passphrase !== null) await writeSecrets(secretsFile, manifest.database, secrets, passphrase, force);
    console.log(
      json ? describeInJson(file, manifest, secrets && secretsFile) : describe(file, manifest, secrets && secretsFile),
    );
  } finally {
    for (const path of [copy, `${copy}-wal`, `${copy}-shm`]) await rm(path, { force: true });
  }
}

/** @throws {BackupError} when a backup would overwrite what it is to save */
function assertApart(file: string, database: string, journal: string | null): void {
  const path = locate(file);
  const own = [database, ...['-wal', '-shm', '-journal'].map((ending) => database + ending), SECRETS_FILE].map(locate);
  const isInJournal = journal !== null && path.startsWith(`${locate(journal)}${sep}`);
  if (own.includes(path) || isInJournal)
    throw new BackupError(`${file} belongs to the server. Name another file for the backup.`);
}

/** The place of a file that may not exist yet, whatever links lead to it. */
function locate(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const absolute = resolve(path);
    const folder = dirname(absolute);
    return folder === absolute ? absolute : join(locate(folder), basename(absolute));
  }
}

/** @throws {BackupError} with this reason, when the database is not a file */
export function sqlitePath(url: string, otherwise: string): string {
  const path = databaseFile(url);
  if (path === null) throw new BackupError(otherwise);
  return path;
}

async function copyDatabase(database: string, copy: string): Promise<Manifest> {
  const source = await openDatabase(`sqlite:${database}`, TABLES);
  try {
    if (await source.showMigrations())
      throw new BackupError(
        `The schema of ${database} is that of an earlier version, and the next start migrates it. Back it up with that version, or, while no server ` +
          'runs, by a copy of the folder.',
      );
    await requireMigrated(source);
    await (source as SqliteDataSource).driver.file.backUp(copy);
  } finally {
    await source.destroy();
  }
  const createdAt = new Date().toISOString();
  const description = await inspectCopy(copy, TABLES);
  return { keywright: readVersion(), createdAt, ...description, content: await measure(copy) };
}

function describe(file: string, { revision, content }: Manifest, secretsFile: string | null): string {
  return [
    `The database has been backed up to ${file} and verified (${content.size} bytes, revision ${revision}).`,
    secretsFile === null
      ? 'The secrets are not part of it: without JWT_SECRET, KEY_PEPPERS and ENCRYPTION_KEYS it cannot be used. Add --passphrase-file to back them up, too.'
      : `The secrets are in ${secretsFile}, encrypted with the passphrase. Keep it apart from the backup.`,
  ].join('\n');
}

const describeInJson = (
  file: string,
  { createdAt, database, revision, content }: Manifest,
  secrets: string | null,
): string => JSON.stringify({ file, createdAt, database, revision, ...content, secrets });
