// How many audited changes a second one merchant makes while they are sealed: one a request over HTTP, and many a request; and how fast a backlog
// is sealed and a chain verified. MariaDB with every commit on the disk.
import { randomUUID } from 'node:crypto';
import mysql from 'mysql2/promise';
import { startMariadb } from '../test/support/mariadb.js';
import { startInstance } from './instance.js';
import { COLUMNS, keyRow } from './rows.js';

const AT_A_TIME = 20;

/** Rows in one INSERT. */
const BATCH = 500;

const LOOK_EVERY_MS = 20;

export async function sealEvents({ seconds, rounds, keys, backlog }) {
  const server = await startMariadb();
  if (!server) return;
  const admin = await mysql.createConnection(server.url.replace('mariadb:', 'mysql:'));
  try {
    await admin.query('SET GLOBAL innodb_flush_log_at_trx_commit = 1');
    await admin.query('CREATE DATABASE bench');
    const { call, merchantId, stop } = await startInstance(`${server.url}/bench`);
    await admin.query('USE bench');
    await measure(admin, rounds, 'one a request', () => makeApplications(call, seconds));

    await insert(admin, 'api_key', COLUMNS, keys, (n) => keyRow(n, keys, merchantId));
    await measure(admin, rounds, `${keys} a request`, async () => {
      for (const action of ['disable', 'enable']) {
        const body = { filter: { createdAfter: '2000-01-01' }, expectedCount: keys };
        await call('POST', `/api/v1/api-keys/bulk-${action}`, body);
      }
    });

    // All at once for the server: what isn't committed isn't sealed.
    await admin.beginTransaction();
    await insert(admin, 'audit_event', EVENT_COLUMNS, backlog, () => eventRow(merchantId));
    await admin.commit();
    const sealing = await secondsOf(() => untilSealed(admin));
    console.log(`audit: a backlog of ${backlog} records is sealed at ${(backlog / sealing).toFixed(0)} records/s`);

    let verification;
    const verifying = await secondsOf(async () => {
      verification = await call('GET', '/api/v1/audit-events/verify');
    });
    if (!verification.valid) throw new Error('The chain is said to be broken.');
    console.log(`audit: a chain is verified at ${(verification.entries / verifying).toFixed(0)} records/s`);
    await stop();
  } finally {
    await admin.end();
    await server.stop();
  }
}

/** Prints the middle of some rounds of changes: how many were made, how many were sealed meanwhile, and how long the rest took. */
async function measure(connection, rounds, name, work) {
  const results = [];
  for (let round = 0; round < rounds; round += 1) {
    const before = await sealedEvents(connection);
    const making = await secondsOf(work);
    const meanwhile = (await sealedEvents(connection)) - before;
    const rest = await secondsOf(() => untilSealed(connection));
    const made = (await sealedEvents(connection)) - before;
    results.push({ rate: made / making, meanwhile: meanwhile / making, all: made / (making + rest), rest });
  }
  const { rate, meanwhile, all, rest } = results.sort((a, b) => a.rate - b.rate)[Math.floor(rounds / 2)];
  console.log(
    `audit: ${name}: ${rate.toFixed(0)} audited changes/s, ${meanwhile.toFixed(0)} sealed/s meanwhile, ` +
      `all sealed ${(rest * 1000).toFixed(0)} ms later, ${all.toFixed(0)}/s in all`,
  );
}

async function makeApplications(call, seconds) {
  const end = performance.now() + seconds * 1000;
  await Promise.all(
    Array.from({ length: AT_A_TIME }, async () => {
      while (performance.now() < end) await call('POST', '/api/v1/applications', { name: randomUUID() });
    }),
  );
}

async function secondsOf(work) {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

async function sealedEvents(connection) {
  const [[{ count }]] = await connection.query('SELECT COUNT(sequence) AS count FROM audit_event');
  return Number(count);
}

async function untilSealed(connection) {
  for (;;) {
    const [rows] = await connection.query('SELECT 1 FROM audit_event WHERE sequence IS NULL LIMIT 1');
    if (rows.length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

async function insert(connection, table, columns, count, rowOf) {
  for (let made = 0; made < count; made += BATCH) {
    const rows = Array.from({ length: Math.min(BATCH, count - made) }, (_, n) => rowOf(made + n));
    await connection.query(`INSERT INTO ${table} (${columns.join(', ')}) VALUES ?`, [rows]);
  }
}

const EVENT_COLUMNS = [
  'id',
  'merchant_id',
  'action',
  'actor_kind',
  'actor_account_id',
  'target_type',
  'target_id',
  'details',
  'address',
  'request_id',
  'created_at',
];

function eventRow(merchantId) {
  const details = {
    surface: 'merchants',
    name: 'A key',
    level: 4,
    scopes: ['payments:read'],
    applicationId: randomUUID(),
  };
  const createdAt = new Date().toISOString().replace('T', ' ').replace('Z', '');
  const target = ['api_key', randomUUID(), JSON.stringify(details)];
  return [randomUUID(), merchantId, 'api_key.created', 'account', 1, ...target, '127.0.0.1', randomUUID(), createdAt];
}
