import type { Command } from 'commander';
import { details, runOnce } from '../command-line.js';

/** Adds the commands of the secrets. */
export function addSecretsCommands(program: Command): void {
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
    .action(() => runOnce(async () => (await import('../secrets/status.js')).showSecrets()));

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
