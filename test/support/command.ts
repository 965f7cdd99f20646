import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { killAtExit } from './process-end.js';

const MAIN = resolve('dist/src/main.js');

/** How a command ended, and what it wrote. */
export interface CommandResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

/**
 * Starts `keywright` as a process of its own.
 *
 * @param variables its whole environment
 * @param main the program, when it is not the current version
 */
export function launchCommand(
  folder: string,
  args: string[],
  variables: Record<string, string> = {},
  main = MAIN,
): ChildProcessByStdio<null, Readable, Readable> {
  const env = { PATH: process.env.PATH, ...variables };
  const child = spawn(process.execPath, [main, ...args], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  killAtExit(child);
  return child;
}

/** Runs `keywright` to its end, with a text on its standard input. */
export async function runCommandWith(
  input: string,
  folder: string,
  args: string[],
  variables: Record<string, string> = {},
): Promise<CommandResult> {
  const env = { PATH: process.env.PATH, ...variables };
  const child = spawn(process.execPath, [MAIN, ...args], { cwd: folder, env, stdio: 'pipe' });
  killAtExit(child);
  child.stdin.end(input);
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: code as number | null, stdout, stderr };
}

/** Runs `keywright` to its end. */
export async function runCommand(...command: Parameters<typeof launchCommand>): Promise<CommandResult> {
  const child = launchCommand(...command);
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: code as number | null, stdout, stderr };
}
