import type { Command } from 'commander';
import { details, runOnce } from '../shell/command-line.js';
import { JSON_OPTION } from '../shell/output.js';

/** Adds the commands of merchants. */
export function addMerchantsCommands(program: Command): void {
  const merchants = program
    .command('merchants')
    .description('Exports and deletes merchants, beside running servers or without any.')
    .summary('export and delete merchants (merchants export, merchants delete)');

  merchants
    .command('export')
    .summary('write everything about a merchant')
    .description(
      'Writes everything that is stored about a merchant, but for secrets, as lines of JSON: members, applications, keys, limits, webhooks and the audit ' +
        'trail. The first line names the schema of each type of lines.',
    )
    .argument('<id>', 'the id of the merchant')
    .option('-o, --output <file>', 'the file to write to, which must not exist, in place of standard output')
    .addHelpText(
      'after',
      details({
        'Exit codes': ['0  written', '1  there is no such merchant, or it could not be written', '2  wrong usage'],
        Examples: [
          'keywright merchants export 5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11 --output shop.ndjson',
          'keywright merchants export 5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11 | gzip > shop.ndjson.gz',
        ],
      }),
    )
    .action((id: string, options: { output?: string }) =>
      runOnce(async () => (await import('../merchants/export.js')).exportMerchant(id, options)),
    );

  merchants
    .command('delete')
    .summary('delete a merchant for good')
    .description(
      'Deletes a merchant for good, with its keys, applications, members and webhooks. No server accepts its keys and tokens once the deletion has begun; when ' +
        'the command returns, its rows are gone and its audit trail holds no personal data. What is interrupted is finished by the next housekeeping. ' +
        'A merchant with members who run the server is refused.',
    )
    .argument('<id>', 'the id of the merchant')
    .option('--dry-run', 'count what would be deleted, and change nothing')
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      details({
        'Exit codes': ['0  deleted, or counted', '1  not deleted', '2  wrong usage'],
        Examples: [
          'keywright merchants delete 5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11 --dry-run',
          'keywright merchants delete 5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11',
        ],
      }),
    )
    .action((id: string, options: { dryRun?: boolean; json?: boolean }) =>
      runOnce(async () => (await import('../merchants/delete.js')).deleteMerchant(id, options)),
    );
}
