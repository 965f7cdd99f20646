import type { Command } from 'commander';
import { details, runOnce } from '../shell/command-line.js';
import { JSON_OPTION } from '../shell/output.js';

/** Adds the command that says what is wrong with an installation. */
export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .summary('say what is wrong with the installation, and what to do')
    .description(
      'Looks at the settings, the database and its settings, the schema, the secrets, the clocks, the mail server, Redis, the disk and failing ' +
        'webhooks: a line each, within three seconds. It changes nothing, beside running servers or without any.',
    )
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      details({
        'Exit codes': ['0  no problems; there may be warnings', '1  problems', '2  wrong usage'],
        Examples: ['keywright doctor', `keywright doctor --json | jq '.checks[] | select(.verdict != "ok")'`],
      }),
    )
    .action((options: object) => runOnce(async () => (await import('../doctor/doctor.js')).examine(options)));
}
