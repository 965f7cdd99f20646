import { spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Readable } from 'node:stream';
import { killAtExit } from './process-end.js';

/** What one block did. */
export interface BlockResult {
  exitStatus: number;
  stdout: string;
  stderr: string;
  /** Each request that curl made: the status of its answer, and its URL. */
  requests: string[];
}

const SEPARATOR = '\0';

/** Has curl report every request; a setting of its own, so that the blocks are run as they stand. */
const CURLRC = String.raw`write-out = "%{stderr}request %{http_code} %{url}\n"`;

const REQUEST = /^request (\d{3} \S+)\n/gm;

/**
 * Gives blocks to one shell, one after another, as a reader pastes them. A block that fails does not end the shell.
 *
 * @param variables of the environment
 * @param cwd where the shell is started, if not here
 * @returns the results of the blocks, in their order; fewer when a block ended the shell
 */
export async function paste(blocks: string[], variables: Record<string, string>, cwd?: string): Promise<BlockResult[]> {
  const folder = mkdtempSync(join(tmpdir(), 'keywright-curl-'));
  writeFileSync(join(folder, '.curlrc'), CURLRC);
  const { PATH, HOME } = process.env;
  const shell = spawn('bash', ['--noprofile', '--norc'], {
    cwd,
    env: { PATH, HOME, CURL_HOME: folder, ...variables },
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
  });
  killAtExit(shell);
  const [stdout, stderr, statuses] = shell.stdio.slice(1).map((stream) => text(stream as Readable)) as [
    Promise<string>,
    Promise<string>,
    Promise<string>,
  ];
  const report = String.raw`printf '%s\n' "$?" >&3; printf '\0'; printf '\0' >&2`;
  shell.stdin.end(blocks.map((lines) => `${lines}\n${report}\n`).join(''));
  const [out, err] = [(await stdout).split(SEPARATOR), (await stderr).split(SEPARATOR)];
  const results = (await statuses).split('\n').slice(0, -1);
  await rm(folder, { recursive: true });
  return results.map((status, index) => ({
    exitStatus: Number(status),
    stdout: out[index] ?? '',
    stderr: (err[index] ?? '').replace(REQUEST, ''),
    requests: [...(err[index] ?? '').matchAll(REQUEST)].map(([, request = '']) => request),
  }));
}
