import type { Command } from 'commander';
import { details, runOnce } from '../shell/command-line.js';
import { JSON_OPTION } from '../shell/output.js';

/** Adds the commands of the secrets. */
export function addSecretsCommands(program: Command): void {
  const secrets = program
    .command('secrets')
    .description('Works on the secrets of the server.')
    .summary('show and replace secrets (secrets status, generate, rotate, reencrypt)');

  secrets
    .command('status')
    .summary('show which secrets are still needed')
    .description(
      'Shows for each entry of JWT_SECRET, KEY_PEPPERS and ENCRYPTION_KEYS, newest first, how many rows need it, and so whether it may be removed. ' +
        'A key moves to the newest pepper when it is used.',
    )
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      details({
        'Exit codes': [
          '0  shown',
          "1  the database could not be read, or the secrets aren't its own",
          '2  wrong usage',
        ],
        Examples: ['keywright secrets status', 'keywright secrets status --json'],
      }),
    )
    .action((options: object) => runOnce(async () => (await import('../secrets/status.js')).showSecrets(options)));

  secrets
    .command('generate')
    .summary('print new secrets for an environment')
    .description(
      'Prints a new value for each of JWT_SECRET, KEY_PEPPERS and ENCRYPTION_KEYS. It stores nothing, and needs no database. Redirect the output ' +
        'into a file that only the server can read.',
    )
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      details({
        'Exit codes': ['0  printed', '1  could not be printed', '2  wrong usage'],
        Examples: ['keywright secrets generate > secrets.env', 'keywright secrets generate --json'],
      }),
    )
    .action((options: object) =>
      runOnce(async () => (await import('../secrets/generate.js')).printNewSecrets(options)),
    );

  secrets
    .command('rotate')
    .summary('put a new secret in front, or remove old ones (data/secrets.json)')
    .description(
      'Puts a new entry in front of settings in data/secrets.json; the former ones are still accepted. With --retire it removes the older entries, ' +
        'unless rows need them. For settings in the environment it says what to set.',
    )
    .argument('<settings...>', 'JWT_SECRET, KEY_PEPPERS, ENCRYPTION_KEYS')
    .option('--retire', 'remove the older entries, once nothing needs them')
    .addHelpText(
      'after',
      details({
        'Exit codes': ['0  done: restart the server', '1  nothing has been changed', '2  wrong usage'],
        Examples: ['keywright secrets rotate ENCRYPTION_KEYS', 'keywright secrets rotate --retire ENCRYPTION_KEYS'],
      }),
    )
    .action((settings: string[], options: object) =>
      runOnce(async () => (await import('../secrets/rotate.js')).rotateSecrets(settings, options)),
    );

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
    .action(() => runOnce(async () => (await import('../secrets/status.js')).reencryptAll()));
}
