// Starts the built server on an empty database of its own.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Keywright } from '@keywright/sdk';

const MAIN = join(import.meta.dirname, '../../../../dist/src/main.js');

/** @returns its URL, the password of `admin`, and what stops it */
export async function startServer(env = {}) {
  const cwd = mkdtempSync(join(tmpdir(), 'keywright-sdk-'));
  const child = spawn(process.execPath, [MAIN], {
    cwd,
    env: { PATH: process.env.PATH, PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  for (const start = performance.now(); !/Password +\S+ /.test(output); await sleep(50))
    if (child.exitCode !== null || performance.now() - start > 30_000)
      throw new Error(`The server did not start:\n${output}`);
  const url = /Documentation {2}(http:\S+)\/docs/.exec(output)[1];
  const password = /Password +(\S+)/.exec(output)[1];
  const stop = async () => {
    child.kill('SIGTERM');
    await once(child, 'exit');
    rmSync(cwd, { recursive: true, force: true });
  };
  return { url, password, stop };
}

/** @returns a login token of the server's first account */
export async function logIn({ url, password }) {
  const { accessToken } = await new Keywright({ url }).auth.logIn({ username: 'admin', password });
  return accessToken;
}
