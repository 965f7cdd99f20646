import { randomUUID } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { DataSource } from 'typeorm';
import { IsNull } from 'typeorm';
import { AuditEvent } from '../../audit/audit-event.entity.js';
import { ChainVerifier } from '../../audit/verify/chain-verifier.js';
import { ApiKey } from '../../api-keys/api-key.entity.js';
import { BackupError } from '../../backup/backup-error.js';
import { extractDatabase, readManifest } from '../../backup/backup-file.js';
import { findChanged } from '../../backup/changed-since.js';
import { inspectCopy } from '../../backup/database-copy.js';
import { readJournals, type Journals } from '../../backup/journals.js';
import type { Manifest } from '../../backup/manifest.js';
import { readPassphrase, readSecrets, type Secrets } from '../../backup/secrets-file.js';
import { TABLES } from '../../entities.js';
import { SECRETS_FILE, storeSecrets } from '../../platform/config/generated-secrets.js';
import { openDatabase } from '../../platform/database/open-database.js';
import { ExclusiveFile, FileInUse, placeFile } from '../../platform/database/sqlite/exclusive-file.js';
import { RevocationIndex } from '../../verification/journal/revocation-index.js';
import type { Revocation } from '../../verification/journal/revocation.js';
import { sqlitePath } from '../backup.js';
import { readLocation } from '../shell/location.js';
import { assertSameSecrets, assertSecrets } from './own-secrets.js';
import { printSummary } from './summary.js';

export interface RestoreOptions {
  journal?: string[];
  withoutJournal?: boolean;
  disableChanged?: boolean;
  disableAll?: boolean;
  acceptIncompleteJournal?: boolean;
  secrets?: string;
  passphraseFile?: string;
  json?: boolean;
}

const ON_A_SERVER =
  'Keywright restores SQLite. Restore MySQL and MariaDB with their own tools, then run keywright restore --apply-journal.';

const CHOICES =
  'Add --disable-changed to disable all keys that were changed since the backup, --disable-all to disable all keys, or --without-journal to let ' +
  'keys that were revoked since the backup be valid again.';

/** Replaces the database by a backup, without what was revoked since. Until the last step, everything stays as it is. */
export async function restore(file: string, options: RestoreOptions): Promise<void> {
  const { url, folder } = readLocation();
  const target = sqlitePath(url, ON_A_SERVER);
  const manifest = await readManifest(file);
  const secrets = await findSecrets(manifest, options);
  const journals = await findJournals(folder, manifest, options);
  await mkdir(dirname(target), { recursive: true });
  const replaced = lock(target);
  const draft = `${target}.restoring-${randomUUID()}`;
  try {
    const latest = Math.max(journals.index.latest, replaced ? readRevision(replaced, manifest) : 0);
    await removeDrafts(target);
    await extractDatabase(file, manifest, draft);
    await assertAsDescribed(file, manifest, draft);
    const changed = options.disableChanged ? compare(replaced, draft) : [];
    const unwritten = replaced && !replaced.isDamaged ? readUnwritten(replaced, manifest) : [];
    // The whole application, which no refusal above needs.
    const { replay } = await import('./replay.js');
    const { counts } = await replay(`sqlite:${draft}`, {
      choose: async (since, source) => [
        ...(options.withoutJournal ? [] : [...journals.index.after(since), ...unwritten]),
        ...changed,
        ...(options.disableAll ? await allKeys(source) : []),
      ],
      latest,
      environment: secrets ?? {},
      takenAt: manifest.createdAt,
    });
    const audit = await verifyTrails(draft, manifest);
    const kept = swap(draft, target, replaced, secrets);
    const { database, revision } = manifest;
    printSummary(
      { database, revision, journals: journals.files.length, counts, gaps: journals.gaps, kept, audit },
      options.json,
    );
  } finally {
    replaced?.close();
    for (const ending of ['', '-wal', '-shm']) await rm(draft + ending, { force: true });
  }
}

async function findSecrets(
  { database }: Manifest,
  { secrets: file, passphraseFile }: RestoreOptions,
): Promise<Secrets | null> {
  if (file === undefined) {
    assertSecrets();
    return null;
  }
  const passphrase = await readPassphrase(passphraseFile);
  if (passphrase === null) throw new BackupError('--secrets needs --passphrase-file, or KEYWRIGHT_BACKUP_PASSPHRASE.');
  const secrets = await readSecrets(file, database, passphrase);
  assertSameSecrets(secrets);
  return secrets;
}

async function findJournals(
  folder: string | null,
  manifest: Manifest,
  { journal = [], withoutJournal, disableChanged, disableAll, acceptIncompleteJournal }: RestoreOptions,
): Promise<Journals> {
  const isCovered = disableChanged === true || disableAll === true;
  if (withoutJournal) {
    const gaps = isCovered ? [] : ['Keys that were revoked since the backup are valid again.'];
    const { index } = await readJournals(folder, [], manifest).catch(() => ({ index: new RevocationIndex() }));
    return { index, files: [], gaps };
  }
  const journals = await readJournals(folder, journal, manifest);
  if (isCovered) return { ...journals, gaps: [] };
  if (journals.files.length === 0)
    throw new BackupError(
      `There is no revocation journal of this database${folder === null ? '' : ` in ${folder}`}: name it with --journal. ${CHOICES}`,
    );
  if (journals.gaps.length > 0 && !acceptIncompleteJournal)
    throw new BackupError(
      `${journals.gaps.join(' ')} Nothing has been changed. Add --accept-incomplete-journal to apply what there is. ${CHOICES}`,
    );
  return journals;
}

/** @throws {BackupError} when a process has the database open */
function lock(target: string): ExclusiveFile | null {
  if (!existsSync(target)) return null;
  try {
    return ExclusiveFile.open(target);
  } catch (error) {
    if (error instanceof FileInUse) throw new BackupError(`A process uses ${target}. Stop all servers first.`);
    throw error;
  }
}

/**
 * @returns the revision of the database that is replaced; 0 if it is unknown
 * @throws {BackupError} when the backup is of another database
 */
function readRevision(replaced: ExclusiveFile, { database }: Manifest): number {
  if (replaced.isDamaged) return 0;
  const tables = replaced.query<{ name: string }>(
    `SELECT name FROM sqlite_master WHERE name IN ('database_identity', 'key_revision')`,
  );
  if (tables.length < 2) return 0;
  const [identity] = replaced.query<{ uuid: string }>('SELECT uuid FROM database_identity');
  if (identity?.uuid !== database)
    throw new BackupError(
      'The backup is of another database than the one that it would replace. Move that one away first.',
    );
  return replaced.query<{ value: number }>('SELECT value FROM key_revision')[0]?.value ?? 0;
}

/** What the replaced database has revoked lately, whether or not its server came to write it to the journal. */
function readUnwritten(replaced: ExclusiveFile, { revision }: Manifest): Revocation[] {
  const columns = replaced.query<{ name: string }>(`SELECT name FROM pragma_table_info('key_change')`);
  if (!columns.some(({ name }) => name === 'revocation')) return [];
  return replaced
    .query<{ revocation: string }>(
      `SELECT revocation FROM key_change WHERE revocation IS NOT NULL AND revision > ${revision} ORDER BY revision`,
    )
    .map(({ revocation }) => JSON.parse(revocation) as Revocation);
}

async function assertAsDescribed(file: string, manifest: Manifest, draft: string): Promise<void> {
  const { database, revision } = await inspectCopy(draft, TABLES);
  if (database !== manifest.database || revision !== manifest.revision)
    throw new BackupError(`The manifest of ${file} does not describe its content.`);
}

function compare(replaced: ExclusiveFile | null, draft: string): Revocation[] {
  if (!replaced || replaced.isDamaged)
    throw new BackupError(
      'What has changed since the backup cannot be told, because the database that it would replace is missing or damaged. All keys would have to be disabled: add --disable-all.',
    );
  return findChanged(replaced, draft);
}

async function allKeys({ manager }: DataSource): Promise<Revocation[]> {
  const keys = await manager.find(ApiKey, { select: { id: true }, where: { isActive: true, deletedAt: IsNull() } });
  return keys.map(({ id }) => ({ kind: 'key', id, revokes: 'permissions' }));
}

async function verifyTrails(draft: string, { auditHeads }: Manifest): Promise<string[]> {
  const source = await openDatabase(`sqlite:${draft}`, TABLES);
  try {
    const verifier = new ChainVerifier(source.getRepository(AuditEvent));
    const problems: string[] = [];
    for (const { merchantId, ...head } of auditHeads) {
      const report = await verifier.verify(merchantId, head);
      problems.push(...report.problems.map(({ kind, message }) => `${merchantId}: ${kind}: ${message}`));
    }
    return problems;
  } finally {
    await source.destroy();
  }
}

/** @returns where the replaced database is kept */
function swap(draft: string, target: string, replaced: ExclusiveFile | null, secrets: Secrets | null): string | null {
  const storesSecrets = secrets !== null && !existsSync(SECRETS_FILE);
  if (storesSecrets) storeSecrets(secrets);
  try {
    const kept = `${target}.before-restore-${new Date().toISOString().replaceAll(/[-:.]/g, '')}`;
    if (replaced) replaced.replaceBy(draft, kept);
    else placeFile(draft, target, kept);
    return replaced && kept;
  } catch (error) {
    if (storesSecrets) rmSync(SECRETS_FILE);
    throw error;
  }
}

/** Removes what a restore has left that was killed. */
async function removeDrafts(target: string): Promise<void> {
  for (const name of await readdir(dirname(target)))
    if (name.startsWith(`${basename(target)}.restoring-`)) await rm(join(dirname(target), name), { force: true });
}
