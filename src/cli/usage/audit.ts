import type { Command } from 'commander';
import { details, runOnce } from '../command-line.js';

/** Adds the commands of the audit trail. */
export function addAuditCommands(program: Command): void {
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
      runOnce(async () => (await import('../audit/verify.js')).verifyAudit(head, backup)),
    );
}
