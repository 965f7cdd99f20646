import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { addBackupCommands } from './backup-commands.js';
import { details, runOnce } from './command-line.js';
import { addEnvironmentFile } from './environment-file.js';
import { EXIT } from './failure.js';
import { readVersion } from '../platform/runtime/version.js';

/**
 * Runs a command line, which without arguments means `serve`. This module holds the usage of the commands alone: the code of a command is loaded
 * when it is called, so that none of them pays for the others.
 */
export async function keywright(args: string[]): Promise<void> {
  // The files that commands create, such as the database and the secrets, are for the server's own user alone.
  process.umask(0o077);
  // The reader of the output may stop early, as head does.
  process.stdout.on('error', () => process.exit(EXIT.failed));
  try {
    await createProgram().parseAsync(args.length > 0 ? args : ['serve'], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Commander has printed the help, or what is wrong.
    process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.wrongUsage;
  }
}

function createProgram(): Command {
  const program = new Command('keywright')
    .description('Keywright, the API-key server.')
    .version(readVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .showHelpAfterError('Add --help to see how it is used.')
    .addHelpText(
      'after',
      details({
        'Exit codes': ['0  success', '1  failure, explained on standard error', '2  wrong usage'],
        Examples: ['keywright serve', 'keywright audit verify --help'],
      }),
    )
    .exitOverride();
  addEnvironmentFile(program);

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
    .action(async () => (await import('./serve.js')).serve());

  program
    .command('housekeeping')
    .summary('run scheduled jobs now')
    .description(
      'Runs scheduled jobs now, beside running servers or without any. One process at a time runs a job; the next run finishes what an ' +
        'interrupted one has left.',
    )
    .argument('[jobs...]', 'names of jobs; without any, all jobs that have a schedule')
    .option('--dry-run', 'print what would be done, and change nothing')
    .addHelpText(
      'after',
      details({
        'Exit codes': ['0  every job was completed', '1  a job failed, or none could be run', '2  wrong usage'],
        Examples: ['keywright housekeeping --dry-run', 'keywright housekeeping key_expiry idle_keys'],
      }),
    )
    .action((jobs: string[], { dryRun = false }: { dryRun?: boolean }) =>
      runOnce(async () => (await import('./housekeeping.js')).keepHouse(jobs, dryRun)),
    );

  program
    .command('audit')
    .description('Works on the audit trail.')
    .summary('verify the audit trail (audit verify)')
    .command('verify')
    .summary('verify the audit trails of all merchants')
    .description(
      'Verifies the audit trails of all merchants, beside running servers or without any, and names every event that was changed, removed, ' +
        'moved or inserted. It reads DATABASE_URL and needs no secret.',
    )
    .option(
      '--head <merchant=sequence:hash>',
      'a head that was kept elsewhere, which shows whether that trail was cut off or rewritten as a whole (repeatable)',
      (head: string, others?: string[]) => [...(others ?? []), head],
    )
    .option('--backup <file>', 'a backup, which holds the heads of all trails when it was taken')
    .addHelpText(
      'after',
      details({
        'Exit codes': [
          '0  every trail is as it was written',
          '1  a trail is broken, or could not be read',
          '2  wrong usage',
        ],
        Examples: [
          'keywright audit verify',
          'keywright audit verify --head 5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11=1200:9f86d0…',
          'keywright audit verify --backup /backup/keywright-monday.backup',
        ],
      }),
    )
    .action(({ head = [], backup }: { head?: string[]; backup?: string }) =>
      runOnce(async () => (await import('./audit-verify.js')).verifyAudit(head, backup)),
    );

  addBackupCommands(program);

  const secrets = program
    .command('secrets')
    .description('Works on the secrets of the server.')
    .summary('show and replace secrets (secrets status, secrets reencrypt)');

  secrets
    .command('status')
    .summary('show which secrets are still needed')
    .description(
      'Shows for each entry of JWT_SECRET, KEY_PEPPERS and ENCRYPTION_KEYS, newest first, how many rows need it, and so whether it may be removed. ' +
        'A key moves to the newest pepper when it is used.',
    )
    .addHelpText(
      'after',
      details({
        'Exit codes': [
          '0  shown',
          "1  the database could not be read, or the secrets aren't its own",
          '2  wrong usage',
        ],
        Examples: ['keywright secrets status'],
      }),
    )
    .action(() => runOnce(async () => (await import('./secrets.js')).showSecrets()));

  secrets
    .command('reencrypt')
    .summary('encrypt everything with the newest encryption key')
    .description(
      'Encrypts everything with the newest entry of ENCRYPTION_KEYS, beside running servers or without any, so that older entries may be removed. ' +
        'All instances must have that entry by then.',
    )
    .addHelpText(
      'after',
      details({
        'Exit codes': ['0  done', '1  something could not be decrypted, or the database not be read', '2  wrong usage'],
        Examples: ['keywright secrets reencrypt'],
      }),
    )
    .action(() => runOnce(async () => (await import('./secrets.js')).reencryptAll()));

  program
    .command('openapi')
    .summary('write the OpenAPI document')
    .description('Writes the OpenAPI document of the HTTP API. It needs neither a running server nor a database.')
    .option('-o, --output <file>', 'the file to write to, in place of standard output')
    .addHelpText(
      'after',
      details({
        'Exit codes': ['0  written', '1  could not be written', '2  wrong usage'],
        Examples: ['keywright openapi --output openapi.json', 'keywright openapi | jq .paths'],
      }),
    )
    .action(({ output }: { output?: string }) =>
      runOnce(async () => (await import('./openapi.js')).writeDocument(output)),
    );

  program
    .command('seed')
    .summary('add an example merchant to explore')
    .description(
      'Adds an example merchant with four months of history: members, applications, keys in every state, webhooks, a month of verifications and ' +
        'an audit trail. It prints how to log in and which keys there are to try. It refuses with NODE_ENV=production.',
    )
    .option('--name <name>', 'the name of the merchant, which must be new', readName, 'Example Shop')
    .addHelpText(
      'after',
      details({
        'Exit codes': ['0  added', '1  not added: the name is taken, or NODE_ENV is production', '2  wrong usage'],
        Examples: ['keywright seed', 'keywright seed --name "Another Shop"'],
      }),
    )
    .action(({ name }: { name: string }) => runOnce(async () => (await import('./seed.js')).seed(name)));

  return program;
}

/** Reads the name of a merchant, from which the e-mail addresses of its members are made. */
function readName(name: string): string {
  if (!/^[a-z\d][a-z\d .&'-]{0,49}$/i.test(name))
    throw new InvalidArgumentError("It must be 1 to 50 letters, digits, spaces and .&'-, a letter or digit first.");
  return name;
}
