import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import type { Command } from 'commander';
import { CommandError, EXIT } from './failure.js';

/** The file that is read when it is in the working folder and no other is named. */
const DEFAULT_FILE = '.env';

/** A line with an assignment as `parseEnv` reads it, whose quoted value may go on in the next lines; or a comment. */
const READABLE =
  /^[^\S\n]*(?:export[^\S\n]+)?[\w.-]+[^\S\n]*=(?:[^\S\n]*(?:"[^"]*"|'[^']*'|`[^`]*`)[^\S\n]*(?:#.*)?$|.*$)|^[^\S\n]*#.*$/gm;

/** Has every command read settings from `.env` in the working folder, or from the file that `--env-file` names. */
export function addEnvironmentFile(program: Command): void {
  program
    .option(
      '--env-file <file>',
      'a file with settings, NAME=value a line, in place of .env in the working folder; the environment overrules it',
    )
    .configureHelp({ showGlobalOptions: true })
    .hook('preAction', () => {
      try {
        readEnvironmentFile(program.opts<{ envFile?: string }>().envFile);
      } catch (error) {
        if (!(error instanceof CommandError)) throw error;
        console.error(error.message);
        process.exit(EXIT.failed);
      }
    });
}

/**
 * Adds the variables of a file to the environment, whose own have precedence, also where they are empty.
 *
 * @param named the file; without one, `.env` is read if there is one
 * @throws {CommandError} when the file cannot be read, or has a line that sets nothing
 */
export function readEnvironmentFile(named?: string): void {
  const text = readText(named);
  const unreadable = text.replaceAll(READABLE, (found) => found.replaceAll(/[^\n]/g, ''));
  const line = unreadable.split('\n').findIndex((rest) => rest.trim() !== '');
  if (line >= 0)
    throw new CommandError(
      `Keywright cannot start: line ${line + 1} of ${named ?? DEFAULT_FILE} is neither NAME=value nor a comment (#).`,
    );
  // Some versions of parseEnv take an indented comment for the beginning of the next name.
  const assignments = (text.match(READABLE) ?? [])
    .map((found) => found.trim())
    .filter((found) => !found.startsWith('#'));
  for (const [name, value] of Object.entries(parseEnv(assignments.join('\n')))) process.env[name] ??= value;
}

function readText(named: string | undefined): string {
  try {
    return readFileSync(named ?? DEFAULT_FILE, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // A folder of that name, such as a virtual environment of Python, holds no settings.
    if (named === undefined && (code === 'ENOENT' || code === 'EISDIR')) return '';
    throw new CommandError(
      `Keywright cannot start: the settings in ${named ?? DEFAULT_FILE} cannot be read (${message}).`,
    );
  }
}
