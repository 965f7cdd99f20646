/**
 * Guarantees of docs/databases.md for Redis: with its settings, over TLS and with a password or as a user with few rights, limits are counted there;
 * and a Redis whose memory is full lets no limit be exceeded.
 */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { CertificateAuthority, type Certificate } from '../support/certificates.js';
import { runCommand } from '../support/command.js';
import { Daemon } from '../support/daemon.js';
import { freePort } from '../support/mariadb.js';
import { readBlock } from '../support/markdown.js';
import { provide } from '../support/packages.js';
import { Program } from '../support/program.js';

const path = provide('Redis', 'redis-server', 'redis-server');
const [SETTINGS, USER] = [readBlock('docs/databases.md', 'conf'), readBlock('docs/databases.md', 'conf', 1)];

(path ? describe : describe.skip)('Redis, as docs/databases.md says', () => {
  const folder = mkdtempSync(join(tmpdir(), 'keywright-redis-'));
  let port: number;
  let daemon: Daemon;
  let redis: Redis;
  let program: Program;
  let own: Certificate;
  let authority: CertificateAuthority;
  let token: string;
  let application: string;

  /** Replaces what readers replace; each of it must be there once. */
  const replaced = (places: [from: string, to: string][]): string =>
    places.reduce((rest, [from, to]) => {
      expect([from, rest.split(from).length - 1]).toEqual([from, 1]);
      return rest.replace(from, to);
    }, SETTINGS);
  const variables = (user: string): Record<string, string> => ({
    REDIS_URL: `rediss://${user}@127.0.0.1:${port}`,
    NODE_EXTRA_CA_CERTS: authority.path,
    USAGE_FLUSH_INTERVAL_MS: '100',
  });

  beforeAll(async () => {
    port = await freePort();
    authority = CertificateAuthority.create(folder, 'authority');
    own = authority.issue('redis', ['IP:127.0.0.1']);
    const settings = replaced([
      ['bind 10.0.0.21', 'bind 127.0.0.1'],
      ['tls-port 6379', `tls-port ${port}`],
      ['/etc/redis/redis.pem', own.cert],
      ['/etc/redis/redis.key', own.key],
      ['/etc/redis/ca.pem', authority.path],
    ]);
    const file = join(folder, 'redis.conf');
    writeFileSync(file, `dir ${folder}\n${settings}\n${USER}`);
    daemon = await Daemon.start(path ?? '', [file], port);
    redis = new Redis({
      port,
      password: 'a-long-random-password',
      tls: { checkServerIdentity: () => undefined, rejectUnauthorized: false },
    });
    program = await Program.start(folder, variables('keywright:another-password'));
    token = await program.logIn(program.password);
    application = (await program.call('POST', '/api/v1/applications', { token, json: { name: 'Guide' } })).body.id;
  });
  afterAll(async () => {
    redis.disconnect();
    await program.end('SIGTERM');
    await daemon.stop();
    rmSync(folder, { recursive: true });
  });

  const newKey = async (json: object): Promise<string> =>
    (await program.call('POST', `/api/v1/applications/${application}/api-keys`, { token, json })).body.fullKey;
  /** The statuses of as many requests, one after another. */
  const statuses = async (key: string, times: number): Promise<number[]> => {
    const all = [];
    for (let request = 0; request < times; request += 1)
      all.push((await program.call('GET', '/api/v1/keys/check', { token: key })).status);
    return all;
  };
  const LIMITS = {
    description: 'Limited',
    rateLimit: { limit: 5, windowSeconds: 600 },
    quota: { limit: 4, period: 'day' },
  };
  const FOUR_OF_SIX = [204, 204, 204, 204, 429, 429];

  it('takes a user whose rights are few, and counts all limits', async () => {
    expect(await statuses(await newKey(LIMITS), 6)).toEqual(FOUR_OF_SIX);
    const json = { username: 'nobody', password: 'a wrong password' };
    expect((await program.call('POST', '/login', { json })).status).toBe(401);
    const prefixes = (await redis.keys('*')).map((key) => key.split(':').slice(0, 2).join(':'));
    expect([...new Set(prefixes)].sort()).toEqual(['keywright:limit', 'keywright:quota', 'keywright:sliding-rate']);
    expect(program.stdout + program.stderr).not.toContain('Redis is unreachable');
  });

  it.each([
    ['as the only user', ':a-long-random-password'],
    ['as a user of its own', 'keywright:another-password'],
  ])('is found by doctor %s, and not with a wrong password', async (_, user) => {
    const right = await runCommand(folder, ['doctor'], variables(user));
    expect(right.stdout).toMatch(/^ok +redis /m);
    const wrong = await runCommand(folder, ['doctor'], variables(user.replace('password', 'guess')));
    expect([wrong.code, wrong.stdout]).toEqual([1, expect.stringMatching(/^problem +redis .*WRONGPASS/m)]);
  });

  it('takes as much memory for a limit as it says', async () => {
    const key = await newKey({ description: 'Spread', rateLimit: { limit: 64, windowSeconds: 600 } });
    await statuses(key, 64);
    const sizes = await Promise.all(
      (await redis.keys('keywright:*')).map(async (name) => (await redis.memory('USAGE', name)) ?? 0),
    );
    expect(Math.min(...sizes)).toBeLessThan(200);
    expect(Math.max(...sizes)).toBeLessThan(4096);
  });

  it('lets no limit be exceeded when its memory is full, and counts again when it is not', async () => {
    const used = Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1]);
    await redis.config('SET', 'maxmemory', String(Math.floor(used / 2)));
    await expect(redis.set('filler', 'x')).rejects.toThrow('OOM');
    expect(await statuses(await newKey(LIMITS), 6)).toEqual(FOUR_OF_SIX);
    await redis.config('SET', 'maxmemory', '256mb');
    const before = await redis.dbsize();
    expect(await statuses(await newKey(LIMITS), 6)).toEqual(FOUR_OF_SIX);
    expect(await redis.dbsize()).toBe(before + 2);
  });
});
