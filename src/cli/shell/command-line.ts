import { CommandError, describeCrash, describeFailure, EXIT } from './failure.js';

/**
 * Carries out a command that comes to an end, and ends the process with it, whatever is still open.
 *
 * @param command returns `false` when it has failed and has said why
 */
export async function runOnce(command: () => Promise<unknown>): Promise<void> {
  process.on('uncaughtException', (error) => {
    console.error(describeCrash(error));
    process.exit(EXIT.failed);
  });
  let exitCode: number;
  try {
    exitCode = (await command()) === false ? EXIT.failed : EXIT.ok;
  } catch (error) {
    console.error(describeFailure(error));
    exitCode = error instanceof CommandError ? error.exitCode : EXIT.failed;
  }
  // A pipe takes long output piece by piece.
  process.stdout.write('', () => process.exit(exitCode));
}

/** Sections at the end of a command's help. */
export const details = (sections: Record<string, string[]>): string =>
  Object.entries(sections)
    .map(([title, lines]) => `\n${title}:\n${lines.map((line) => `  ${line}`).join('\n')}`)
    .join('\n');
