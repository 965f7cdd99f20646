// How many audited changes a second one merchant makes over HTTP while they are sealed, and how fast a backlog is sealed. MariaDB with every commit on the disk.
import { randomUUID } from 'node:crypto';
import mysql from 'mysql2/promise';
import { startMariadb } from '../test/support/mariadb.js';
import { startInstance } from './instance.js';

const AT_A_TIME = 20;

/** Rows in one INSERT. */
const BATCH = 500;

const LOOK_EVERY_MS = 20;

export async function sealEvents({ seconds, rounds, backlog }) {
  const server = await startMariadb();
  if (!server) return;
  const admin = await mysql.createConnection(server.url.replace('mariadb:', 'mysql:'));
  try {
    await admin.query('SET GLOBAL innodb_flush_log_at_trx_commit = 1');
    await admin.query('CREATE DATABASE bench');
    const url = `${server.url}/bench`;
    const { call, merchantId, stop } = await startInstance(url);
    await admin.query('USE bench');
    const results = [];
    for (let round = 0; round < rounds; round += 1) {
      const before = await counts(admin);
      const start = performance.now();
      await makeApplications(call, seconds);
      const made = (performance.now() - start) / 1000;
      const behind = (await counts(admin)).unsealed;
      await untilSealed(admin);
      const { sealed } = await counts(admin);
      const all = (performance.now() - start) / 1000;
      results.push({ rate: (sealed - before.sealed) / made, sealedRate: (sealed - before.sealed) / all, behind });
    }
    const { rate, sealedRate, behind } = results.sort((a, b) => a.rate - b.rate)[Math.floor(rounds / 2)];
    console.log(
      `audit: ${rate.toFixed(0)} audited changes/s over HTTP, ${sealedRate.toFixed(0)} sealed/s, ${behind} behind at the end`,
    );

    await stop();
    await addBacklog(admin, merchantId, backlog);
    const next = await startInstance(url);
    const { unsealed } = await counts(admin);
    const start = performance.now();
    await untilSealed(admin);
    const rest = performance.now() - start;
    console.log(`audit: a backlog of ${backlog} records is sealed at ${((unsealed / rest) * 1000).toFixed(0)}/s`);
    const asked = performance.now();
    const { valid, entries } = await next.call('GET', '/api/v1/audit-events/verify');
    if (!valid) throw new Error('The chain is said to be broken.');
    console.log(`audit: ${((entries / (performance.now() - asked)) * 1000).toFixed(0)} records/s verified`);
    await next.stop();
  } finally {
    await admin.end();
    await server.stop();
  }
}

async function makeApplications(call, seconds) {
  const end = performance.now() + seconds * 1000;
  await Promise.all(
    Array.from({ length: AT_A_TIME }, async () => {
      while (performance.now() < end) await call('POST', '/api/v1/applications', { name: randomUUID() });
    }),
  );
}

async function counts(connection) {
  const [[row]] = await connection.query(
    'SELECT COUNT(sequence) AS sealed, COUNT(*) - COUNT(sequence) AS unsealed FROM audit_event',
  );
  return { sealed: Number(row.sealed), unsealed: Number(row.unsealed) };
}

async function untilSealed(connection) {
  for (;;) {
    const [rows] = await connection.query('SELECT 1 FROM audit_event WHERE sequence IS NULL LIMIT 1');
    if (rows.length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

async function addBacklog(connection, merchantId, count) {
  const details = JSON.stringify({
    name: 'A key of the backlog',
    level: 4,
    scopes: ['payments:read'],
    surface: 'merchants',
  });
  const createdAt = new Date().toISOString().replace('T', ' ').replace('Z', '');
  for (let made = 0; made < count; made += BATCH) {
    const rows = Array.from({ length: Math.min(BATCH, count - made) }, () => [
      randomUUID(),
      merchantId,
      'api_key.created',
      'account',
      1,
      'api_key',
      randomUUID(),
      details,
      '127.0.0.1',
      randomUUID(),
      createdAt,
    ]);
    await connection.query(
      `INSERT INTO audit_event
         (id, merchant_id, action, actor_kind, actor_account_id, target_type, target_id, details, address, request_id, created_at)
       VALUES ?`,
      [rows],
    );
  }
}
