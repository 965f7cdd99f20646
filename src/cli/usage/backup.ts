import type { Command } from 'commander';
import type { BackupOptions } from '../backup.js';
import { details, runOnce } from '../shell/command-line.js';
import { UsageError } from '../shell/failure.js';
import type { RestoreOptions } from '../restore/restore.js';

const PASSPHRASE = 'a file with the passphrase of the secrets, in place of KEYWRIGHT_BACKUP_PASSPHRASE';

const ENVIRONMENT = {
  Environment: [
    'DATABASE_URL                  the database (sqlite:data/keywright.sqlite)',
    'JWT_SECRET, KEY_PEPPERS, ENCRYPTION_KEYS',
    '                              the secrets, if they are not in data/secrets.json',
    'KEYWRIGHT_BACKUP_PASSPHRASE   the passphrase, of 12 characters or more',
  ],
};

const several = (value: string, others?: string[]): string[] => [...(others ?? []), value];

/** Adds the commands `backup` and `restore`. */
export function addBackupCommands(program: Command): void {
  program
    .command('backup')
    .summary('back the database up (SQLite)')
    .description(
      'Backs the SQLite database of DATABASE_URL up into one file, consistently, beside running servers or without any, and verifies the copy. With a ' +
        'passphrase it writes the secrets, too: encrypted, into <file>.secrets. Back MySQL and MariaDB up with their own tools.',
    )
    .argument('<file>', 'the file to write')
    .option('--passphrase-file <path>', PASSPHRASE)
    .option('--force', 'replace files that exist')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      details({
        ...ENVIRONMENT,
        'Exit codes': ['0  backed up and verified', '1  not backed up', '2  wrong usage'],
        Examples: [
          'keywright backup /backup/keywright-monday.backup',
          'keywright backup /backup/keywright-monday.backup --passphrase-file /run/secrets/passphrase',
        ],
      }),
    )
    .action((file: string, options: BackupOptions) =>
      runOnce(async () => (await import('../backup.js')).backUp(file, options)),
    );

  program
    .command('restore')
    .summary('restore a backup, without what was revoked since')
    .description(
      'Replaces the SQLite database of DATABASE_URL by a backup, and takes away again what was revoked since, by the revocation journals. The servers ' +
        'must be stopped. The replaced database is kept beside the new one. Whenever it fails, nothing has changed. A database on MySQL ' +
        'or MariaDB is restored by its own tools; --apply-journal then takes away what was revoked since, and can be repeated when it fails.',
    )
    .argument('[file]', 'the backup')
    .option('--journal <path>', "a journal's file or folder, beside those in REVOCATION_JOURNAL (repeatable)", several)
    .option('--apply-journal [paths...]', 'apply journals to the database as it is, and restore no backup')
    .option('--disable-changed', 'disable all keys that the replaced database has changed since the backup')
    .option('--disable-all', 'disable all keys')
    .option('--without-journal', 'apply no journal: keys that were revoked since the backup are valid again')
    .option('--accept-incomplete-journal', 'apply journals that end in the middle of a line or begin after the backup')
    .option('--secrets <file>', 'restore the secrets from <file>, into data/secrets.json')
    .option('--passphrase-file <path>', PASSPHRASE)
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      details({
        ...ENVIRONMENT,
        'Exit codes': [
          '0  restored',
          '1  not restored: nothing has changed; after --apply-journal, run it again',
          '2  wrong usage',
        ],
        Examples: [
          'keywright restore /backup/keywright-monday.backup',
          'keywright restore /backup/keywright-monday.backup --journal /mnt/other-server/revocations',
          'keywright restore --apply-journal data/revocations /mnt/other-server/revocations',
        ],
      }),
    )
    .action(
      (file: string | undefined, { applyJournal, ...options }: RestoreOptions & { applyJournal?: true | string[] }) =>
        runOnce(async () => {
          if (applyJournal !== undefined) {
            if (file !== undefined) throw new UsageError('--apply-journal restores no backup. Name journals after it.');
            const paths = [...(applyJournal === true ? [] : applyJournal), ...(options.journal ?? [])];
            return (await import('../restore/apply-journal.js')).applyJournal(paths, options);
          }
          if (file === undefined) throw new UsageError('Name the backup to restore, or add --apply-journal.');
          if (options.withoutJournal && options.journal)
            throw new UsageError('--journal and --without-journal exclude each other.');
          return (await import('../restore/restore.js')).restore(file, options);
        }),
    );
}
