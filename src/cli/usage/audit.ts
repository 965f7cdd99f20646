import type { Command } from 'commander';
import { details, runOnce } from '../shell/command-line.js';
import { JSON_OPTION } from '../shell/output.js';

/** Adds the commands of the audit trail. */
export function addAuditCommands(program: Command): void {
  const audit = program
    .command('audit')
    .description('Works on the audit trail.')
    .summary('verify and export the audit trail (audit verify, audit export)');

  audit
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
    .option(...JSON_OPTION)
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
    .action(({ head = [], backup, json = false }: { head?: string[]; backup?: string; json?: boolean }) =>
      runOnce(async () => (await import('../audit/verify.js')).verifyAudit(head, backup, json)),
    );

  audit
    .command('export')
    .summary('write events as lines of JSON')
    .description(
      'Writes events as lines of JSON (NDJSON), the oldest first, each with its hash, beside running servers or without any. It reads DATABASE_URL and ' +
        'needs no secret.',
    )
    .option('--merchant <id>', 'the merchant, by its id or client id; by default the events of all')
    .option('--from <time>', 'only events at or after this time')
    .option('--to <time>', 'only events before this time; a date alone is included as a whole')
    .option('-o, --output <file>', 'the file to write to, in place of standard output')
    .addHelpText(
      'after',
      details({
        'Exit codes': ['0  written', '1  could not be read or written', '2  wrong usage'],
        Examples: [
          'keywright audit export --from 2026-11-01 --to 2026-11-30 --output november.ndjson',
          'keywright audit export --merchant 10203040 | jq -r .action',
        ],
      }),
    )
    .action((options: object) => runOnce(async () => (await import('../audit/export.js')).exportAudit(options)));
}
