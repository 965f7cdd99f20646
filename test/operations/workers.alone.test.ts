/**
 * Guarantees of several workers: one port, each an instance of its own, revoked in all of them, a worker that ends is replaced, metrics of all, one
 * stop. Runs alone because it counts processes and measures time.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { newFolder, Program, removeFolder } from '../support/program.js';

const WORKERS = 2;
const METRICS_TOKEN = 'metrics-token-of-the-workers';

/** The processes that a process has started. */
const childrenOf = (pid: number): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((each) => {
      try {
        return readFileSync(`/proc/${each}/stat`, 'utf8')
          .replace(/^.*\) \S+ /s, '')
          .startsWith(`${pid} `);
      } catch {
        return false;
      }
    });

async function eventually(holds: () => boolean | Promise<boolean>, withinMs: number): Promise<void> {
  const end = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`It does not hold within ${withinMs} ms.`);
    await sleep(50);
  }
}

describe('several workers', () => {
  let folder: string;
  let program: Program | undefined;
  beforeEach(() => {
    folder = newFolder();
  });
  afterEach(async () => {
    await program?.end('SIGKILL');
    program = undefined;
    await removeFolder(folder);
  });

  const start = async (variables: Record<string, string> = {}) => {
    program = await Program.start(folder, { WORKERS: String(WORKERS), METRICS_TOKEN, ...variables });
    const { pid } = program;
    await eventually(
      async () => childrenOf(pid).length === WORKERS && (await workersOf(program)).size === WORKERS,
      60_000,
    );
    return program;
  };
  /** The workers that have answered a request, by the metrics, which also tell of a worker that does not listen yet. */
  const workersOf = async (of: Program | undefined): Promise<Set<string>> => {
    const headers = { authorization: `Bearer ${METRICS_TOKEN}`, connection: 'close' };
    const text = await (await fetch(`${of?.url}/metrics`, { headers })).text();
    const answered = text.matchAll(/^keywright_http_request_duration_seconds_count\{.*worker="(\d+)"/gm);
    return new Set([...answered].map(([, id]) => id ?? ''));
  };
  /** Sends a check on a connection of its own each time, so that every worker gets some. */
  const checks = async (of: Program, basic: string, times: number): Promise<number[]> => {
    const statuses = [];
    for (let time = 0; time < times; time += 1) {
      const authorization = `Basic ${Buffer.from(basic).toString('base64')}`;
      const response = await fetch(`${of.url}/api/v1/keys/check`, { headers: { authorization, connection: 'close' } });
      statuses.push(response.status);
    }
    return [...new Set(statuses)];
  };
  const newKey = async (of: Program, token: string): Promise<{ id: string; basic: string }> => {
    const json = { name: 'A key', level: 1, expiresIn: 3600 };
    const { status, body } = await of.call('POST', '/apikeys/jwt', { token, json });
    expect(status).toBe(201);
    return { id: body.apikey.key, basic: `${body.apikey.key}:${body.apikey.secret}` };
  };

  it('serve one port, refuse a revoked key at once, and stop together', async () => {
    const server = await start();
    expect(server.stdout.match(/Keywright is ready/g)).toHaveLength(1);
    const token = await server.logIn(server.password);
    for (let time = 0; time < 10; time += 1) {
      const key = await newKey(server, token);
      expect(await checks(server, key.basic, 2 * WORKERS)).toEqual([204]);
      expect((await server.call('DELETE', `/apikeys/${key.id}/jwt`, { token })).status).toBe(204);
      expect(await checks(server, key.basic, 2 * WORKERS)).toEqual([401]);
    }
    const workers = childrenOf(server.pid);
    const started = performance.now();
    expect(await server.end('SIGTERM')).toBe(0);
    expect(performance.now() - started).toBeLessThan(5000);
    for (const pid of workers) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    expect(server.stderr).toBe('');
  });

  it('are replaced when they end unasked, while the others serve', async () => {
    const server = await start();
    const key = await newKey(server, await server.logIn(server.password));
    const [victim = 0, ...others] = childrenOf(server.pid);
    process.kill(victim, 'SIGKILL');
    await eventually(() => !childrenOf(server.pid).includes(victim), 5000);
    expect(await checks(server, key.basic, 3 * WORKERS)).toEqual([204]);
    await eventually(() => childrenOf(server.pid).length === WORKERS, 10_000);
    expect(childrenOf(server.pid)).toEqual(expect.arrayContaining(others));
    await eventually(async () => (await workersOf(server)).size === WORKERS, 60_000);
    expect(server.stderr).toContain(`Worker ${victim} has ended (SIGKILL). Another one starts in 1 s.`);
    expect(await server.end('SIGTERM')).toBe(0);
  });

  it('end with the process that has started them', async () => {
    const server = await start();
    const workers = childrenOf(server.pid);
    await server.end('SIGKILL');
    await eventually(() => workers.every((pid) => !readdirSync('/proc').includes(String(pid))), 5000);
  });

  it('are not started where the first one cannot serve, which says why in one line', async () => {
    const taken = createServer();
    taken.listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    program = Program.launch(folder, { WORKERS: 'auto', PORT: String(port) });
    expect(await program.end()).toBe(1);
    expect(program.stderr).toMatch(/^[^\n]*PORT[^\n]*\n$/);
    taken.close();
  });

  it.each([
    [{ WORKERS: '0' }, 'WORKERS must be a whole number from 1 to 64, or auto'],
    [{ WORKERS: 'many' }, 'WORKERS must be a whole number from 1 to 64, or auto'],
    [{ WORKERS: '2', HINT_LISTEN: '127.0.0.1:4100' }, 'HINT_LISTEN must have no port with several WORKERS'],
    [{ WORKERS: '2', HINT_ADDRESS: '127.0.0.1:4100' }, 'HINT_ADDRESS must not be set with several WORKERS'],
  ])('are refused as %j', async (variables, reason) => {
    program = Program.launch(folder, variables);
    expect(await program.end()).toBe(1);
    expect(program.stderr).toContain(reason);
  });
});
