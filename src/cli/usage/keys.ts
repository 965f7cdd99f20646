import type { Command } from 'commander';
import { details, runOnce } from '../shell/command-line.js';
import { JSON_OPTION } from '../shell/output.js';

/** Adds the commands of keys, for the night when the API is down. */
export function addKeysCommands(program: Command): void {
  const keys = program
    .command('keys')
    .description('Finds and revokes keys, beside running servers or without any.')
    .summary('find and revoke keys (keys find, keys revoke)');

  keys
    .command('find')
    .summary('find keys by an id, a name, or the full key')
    .description(
      'Finds keys of any merchant: by the id, the public id, the external id or a part of the name. With - it reads the full key from standard ' +
        'input, and neither prints nor logs it. The search counts as no use of a key.',
    )
    .argument('<text>', 'what to search for; - reads a full key from standard input')
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      details({
        'Exit codes': ['0  found', '1  no key has been found, or the database could not be read', '2  wrong usage'],
        Examples: ['keywright keys find "nightly build"', 'keywright keys find - < leaked.txt'],
      }),
    )
    .action((text: string, options: object) =>
      runOnce(async () => (await import('../keys/find.js')).findKeys(text, options)),
    );

  keys
    .command('revoke')
    .summary('revoke keys for good')
    .description(
      'Revokes keys for good, and records it in the audit trail. When it returns, no server accepts the keys. If one of them is unknown, none is revoked.',
    )
    .argument('<id...>', 'ids or public ids of keys; - reads a full key from standard input')
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      details({
        'Exit codes': ['0  revoked, now or before', '1  not revoked', '2  wrong usage'],
        Examples: [
          'keywright keys revoke 5eab7386-9f64-4a5e-8d3b-0f7c2a6b9e11',
          'keywright keys revoke - < leaked.txt',
        ],
      }),
    )
    .action((ids: string[], options: object) =>
      runOnce(async () => (await import('../keys/revoke.js')).revokeKeys(ids, options)),
    );
}
