// What large requests of one merchant do to everybody's checks: each of them runs on a merchant with 100,000 keys, while another client checks a
// key every few milliseconds. A monitor of the server's event loop tells its longest delay.
import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Sqlite from 'better-sqlite3';
import mysql from 'mysql2/promise';
import { Agent, request } from 'undici';
import { startMariadb } from '../test/support/mariadb.js';
import { startInstance } from './instance.js';
import { COLUMNS, keyRow } from './rows.js';

/** The longest that a check may take, on the machine that RESULTS.md describes. */
export const LIMIT_MS = 50;

const CHECK_EVERY_MS = 4;

/**
 * @param idleMs how long the server is measured with nothing but the checks
 * @param limitMs the time of a check beyond which an operation is tried again, as often as `attempts` says
 * @param settleMs how long the server is left alone before each operation
 * @returns what was measured of each operation
 */
export async function stall({
  keys,
  audits = keys,
  bulk = 10_000,
  imported = 30_000,
  names,
  engines = ['sqlite', 'mariadb'],
  attempts = 1,
  limitMs = LIMIT_MS,
  idleMs = 4000,
  settleMs = 1500,
}) {
  const options = { keys, audits, bulk, imported, names, attempts, limitMs, idleMs, settleMs };
  const results = [];
  for (const engine of engines) {
    const database = await DATABASES[engine]();
    if (!database) continue;
    const instance = await startInstance(database.url, { execArgv: ['--expose-gc'] });
    try {
      results.push(...(await measure(engine, instance, database, options)));
    } finally {
      await instance.stop();
      await database.stop();
    }
  }
  return results;
}

const DATABASES = {
  async sqlite() {
    const folder = mkdtempSync(join(tmpdir(), 'keywright-bench-'));
    const file = join(folder, 'stalls.sqlite');
    const open = (work) => {
      const database = new Sqlite(file, { timeout: 10_000 });
      try {
        return work(database);
      } finally {
        database.close();
      }
    };
    return {
      url: `sqlite:${file}`,
      insert: (table, columns, rows) =>
        open((database) => {
          const statement = database.prepare(
            `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
          );
          database.transaction(() => {
            for (const row of rows) statement.run(row);
          })();
        }),
      find: (statement, value) => open((database) => database.prepare(statement).get(value)),
      stop: () => rmSync(folder, { recursive: true, force: true }),
    };
  },
  async mariadb() {
    const server = await startMariadb();
    if (!server) return null;
    const connection = await mysql.createConnection(server.url.replace('mariadb:', 'mysql:'));
    await connection.query('SET GLOBAL innodb_flush_log_at_trx_commit = 1');
    await connection.query('CREATE DATABASE bench');
    await connection.query('USE bench');
    return {
      url: `${server.url}/bench`,
      async insert(table, columns, rows) {
        for (let from = 0; from < rows.length; from += 1000)
          await connection.query(`INSERT INTO ${table} (${columns.join(', ')}) VALUES ?`, [
            rows.slice(from, from + 1000),
          ]);
      },
      find: async (statement, value) => (await connection.query(statement, [value]))[0][0],
      async stop() {
        await connection.end();
        await server.stop();
      },
    };
  },
};

const AUDIT_COLUMNS = [
  'id',
  'merchant_id',
  'action',
  'actor_kind',
  'target_type',
  'target_id',
  'details',
  'created_at',
  'sequence',
  'hash',
  'previous_hash',
];

async function measure(engine, instance, database, options) {
  const { keys, audits, bulk, imported, names, attempts, limitMs, idleMs, settleMs } = options;
  const { ask, call, merchantId, token, url } = instance;
  const place = (name) => COLUMNS.indexOf(name);
  const dispatcher = new Agent({ headersTimeout: 0, bodyTimeout: 0 });

  /** A member's keys, or those of an application. */
  const fill = async (count, change = () => undefined) => {
    const rows = Array.from({ length: count }, (_, n) => {
      const row = keyRow(n, count, merchantId);
      row[place('public_id')] = `ks_live_${randomUUID().replaceAll('-', '').slice(0, 16)}`;
      row[place('surface')] = 'merchants';
      row[place('application_id')] = null;
      row[place('is_active')] = 1;
      row[place('expires_at')] = null;
      change(row);
      return row;
    });
    await database.insert('api_key', COLUMNS, rows);
  };
  const send = async (method, path, body, type = 'application/json') => {
    const answer = await request(url + path, {
      dispatcher,
      method,
      body,
      headers: { authorization: `Bearer ${token()}`, ...(body !== undefined && { 'content-type': type }) },
    });
    let bytes = 0;
    for await (const chunk of answer.body) bytes += chunk.length;
    if (answer.statusCode >= 400) throw new Error(`${method} ${path}: ${answer.statusCode}`);
    return bytes;
  };

  const { fullKey } = await call('POST', '/api/v1/api-keys', { description: 'checked' });
  const check = async () => {
    const start = performance.now();
    const { statusCode, body } = await request(`${url}/api/v1/keys/check`, {
      dispatcher,
      headers: { 'x-api-key': fullKey },
    });
    await body.dump();
    if (statusCode !== 204) throw new Error(`A check was answered with ${statusCode}.`);
    return performance.now() - start;
  };
  /** Checks until the work is done. */
  const checkDuring = async (work) => {
    await ask('reset');
    const times = [];
    let isDone = false;
    const working = work().finally(() => (isDone = true));
    while (!isDone) {
      times.push(await check());
      await sleep(CHECK_EVERY_MS);
    }
    await working;
    times.sort((a, b) => a - b);
    return { ...(await ask('report')), maxMs: times.at(-1), p99Ms: times[Math.ceil(times.length * 0.99) - 1] };
  };

  await fill(keys);
  const application = async () => {
    const { id } = await call('POST', '/api/v1/applications', { name: `app ${randomUUID()}` });
    return id;
  };
  const OPERATIONS = {
    export: { run: () => send('GET', '/api/v1/api-keys/export') },
    'list with q': { run: () => send('GET', '/api/v1/api-keys?q=nothing+says+this&limit=50') },
    'list, last page': { run: () => send('GET', `/api/v1/api-keys?page=${Math.floor(keys / 50)}&limit=50`) },
    'audit export': {
      prepare: () =>
        database.insert(
          'audit_event',
          AUDIT_COLUMNS,
          Array.from({ length: audits }, (_, n) => [
            randomUUID(),
            merchantId,
            'api_key.updated',
            'system',
            'api_key',
            randomUUID(),
            '{"changes":{"name":{"from":"one","to":"other"}}}',
            new Date(Date.now() - 1e9 + n * 1000).toISOString().replace('T', ' ').replace('Z', ''),
            null,
            null,
            null,
          ]).map((row, n) =>
            row
              .with(8, 1_000_000 + n)
              .with(9, 'x'.repeat(64))
              .with(10, 'x'.repeat(64)),
          ),
        ),
      run: () => send('GET', '/api/v1/audit-events/export'),
    },
    import: {
      run: () =>
        send(
          'POST',
          '/api/v1/api-keys/import',
          [{ format: { prefix: 'stall_', length: 38 } }, ...Array.from({ length: imported }, imports)]
            .map((line) => `${JSON.stringify(line)}\n`)
            .join(''),
          'application/x-ndjson',
        ),
    },
    'bulk-disable': {
      run: () =>
        send(
          'POST',
          '/api/v1/api-keys/bulk-disable',
          JSON.stringify({ filter: { status: 'active', q: 'BULK' }, expectedCount: bulk }),
        ),
      prepare: () => fill(bulk, (row) => (row[place('name')] = 'BULK key')),
    },
    'bulk-revoke': {
      prepare: () => fill(bulk, (row) => (row[place('name')] = 'REVOKED key')),
      run: () =>
        send(
          'POST',
          '/api/v1/api-keys/bulk-revoke',
          JSON.stringify({ filter: { status: 'active', q: 'REVOKED' }, expectedCount: bulk }),
        ),
    },
    'member offboarded': {
      async prepare() {
        const email = `${randomUUID()}@example.com`;
        await call('POST', '/api/v1/members', { email, role: 'user' });
        const { id, uuid } = await database.find('SELECT id, uuid FROM account WHERE email = ?', email);
        this.id = uuid;
        await fill(keys, (row) => (row[place('account_id')] = id));
      },
      run() {
        return send('DELETE', `/api/v1/members/${this.id}?keys=suspend`);
      },
    },
    'application deleted': {
      async prepare() {
        this.id = await application();
        await fill(keys, (row) => (row[place('application_id')] = this.id));
      },
      run() {
        return send('DELETE', `/api/v1/applications/${this.id}`);
      },
    },
  };

  await sleep(1000);
  await checkDuring(() => sleep(1000));
  const idle = await checkDuring(() => sleep(idleMs));
  print(engine, 'idle', idle, 0);
  const results = [];
  for (const [name, operation] of Object.entries(OPERATIONS)) {
    if (names && !names.some((each) => name.includes(each))) continue;
    for (let attempt = 1; ; attempt += 1) {
      await operation.prepare?.();
      await sleep(settleMs);
      const start = performance.now();
      const result = await checkDuring(() => operation.run());
      print(engine, name, result, performance.now() - start);
      // Other processes may have delayed a check: what the server does is done again.
      if (result.maxMs > limitMs && attempt < attempts) continue;
      results.push({ engine, name, idle, ...result });
      break;
    }
  }
  await dispatcher.close();
  return results;
}

const imports = () => ({
  hash: createHash('sha256').update(randomUUID()).digest('hex'),
  algorithm: 'sha256',
  description: 'A key from before',
});

function print(engine, name, { maxMs, p99Ms, delayMaxMs, delayP99Ms, grownMb }, durationMs) {
  console.log(
    `${engine.padEnd(8)} ${name.padEnd(20)} ${(durationMs / 1000).toFixed(1).padStart(5)} s   check p99 ${p99Ms.toFixed(1).padStart(5)} ms, max ${maxMs.toFixed(1).padStart(6)} ms   loop p99 ${delayP99Ms.toFixed(1).padStart(5)} ms, max ${delayMaxMs.toFixed(1).padStart(6)} ms   memory +${grownMb.toFixed(0)} MB`,
  );
}
