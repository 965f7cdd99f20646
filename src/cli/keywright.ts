import { Command, CommanderError } from 'commander';
import { details } from './shell/command-line.js';
import { addEnvironmentFile } from './shell/environment-file.js';
import { endWithReader, EXIT } from './shell/failure.js';
import { addAdminCommands } from './usage/admin.js';
import { addAuditCommands } from './usage/audit.js';
import { addBackupCommands } from './usage/backup.js';
import { addDoctorCommand } from './usage/doctor.js';
import { addExploringCommands } from './usage/exploring.js';
import { addKeysCommands } from './usage/keys.js';
import { addMerchantsCommands } from './usage/merchants.js';
import { addSecretsCommands } from './usage/secrets.js';
import { addServerCommands } from './usage/server.js';
import { readVersion } from '../platform/runtime/version.js';

/**
 * Runs a command line, which without arguments means `serve`. This module and the folder `usage` hold the usage of the commands alone: the code of a command is
 * loaded when it is called, so that none of them pays for the others.
 */
export async function keywright(args: string[]): Promise<void> {
  // The files that commands create, such as the database and the secrets, are for the server's own user alone.
  process.umask(0o077);
  // The reader of the output may stop early, as head does.
  process.stdout.on('error', endWithReader);
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

  addServerCommands(program);
  addDoctorCommand(program);
  addAdminCommands(program);
  addKeysCommands(program);
  addMerchantsCommands(program);
  addAuditCommands(program);
  addBackupCommands(program);
  addSecretsCommands(program);
  addExploringCommands(program);
  return program;
}
