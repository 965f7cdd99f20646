import type { Command } from 'commander';
import { details, runOnce } from '../shell/command-line.js';
import { JSON_OPTION } from '../shell/output.js';

/** Adds the commands that serve, and that do what servers do on schedule. */
export function addServerCommands(program: Command): void {
  program
    .command('serve')
    .summary('start the server (the default command)')
    .description(
      'Starts the server. It brings the schema of the database up to date first and, on an empty database, creates the first account and ' +
        'prints how to log in. SIGTERM and SIGINT stop it once the requests under way are answered, and within ten seconds.',
    )
    .addHelpText(
      'after',
      details({
        'Settings are environment variables, or lines of the file .env; docs/configuration.md lists all of them. The first ones to know':
          [
            'HOST, PORT       where to listen (127.0.0.1, 3000)',
            'WORKERS          how many processes serve (1), or auto for one per processor',
            'PUBLIC_URL       the URL by which people reach the server',
            'DATABASE_URL     sqlite:<path>, mysql://… or mariadb://… (sqlite:data/keywright.sqlite)',
            'NODE_ENV         production requires PUBLIC_URL, JWT_SECRET, KEY_PEPPERS and ENCRYPTION_KEYS;',
            '                 these secrets are generated into data/secrets.json otherwise',
            'ADMIN_PASSWORD   the password of the first account (generated and printed once)',
          ],
        'Exit codes': [
          '0  stopped by a signal',
          '1  could not start, crashed, or did not stop in time',
          '2  wrong usage',
          '130, 143  ended at once by a second SIGINT or SIGTERM',
        ],
        Examples: [
          'keywright serve',
          'PORT=8080 DATABASE_URL=mariadb://keywright:secret@127.0.0.1/keywright keywright serve',
        ],
      }),
    )
    .action(async () => (await import('../serving/serve.js')).serve());

  program
    .command('housekeeping')
    .summary('run scheduled jobs now')
    .description(
      'Runs scheduled jobs now, beside running servers or without any. One process at a time runs a job; the next run finishes what an ' +
        'interrupted one has left.',
    )
    .argument('[jobs...]', 'names of jobs; without any, all jobs that have a schedule')
    .option('--dry-run', 'print what would be done, and change nothing')
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      details({
        'Exit codes': ['0  every job was completed', '1  a job failed, or none could be run', '2  wrong usage'],
        Examples: ['keywright housekeeping --dry-run', 'keywright housekeeping key_expiry idle_keys'],
      }),
    )
    .action((jobs: string[], { dryRun = false, json = false }: { dryRun?: boolean; json?: boolean }) =>
      runOnce(async () => (await import('../housekeeping.js')).keepHouse(jobs, dryRun, json)),
    );
}
