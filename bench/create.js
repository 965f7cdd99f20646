// How fast keys are created over HTTP, against one bare INSERT in a transaction by mysql2: 10 connections to MariaDB on both sides, every commit
// on the disk. The requests come from wrk as in `warm`, over one connection, 10 and 50; a single client is compared with a single one.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mysql from 'mysql2/promise';
import { startMariadb } from '../test/support/mariadb.js';
import { startInstance } from './instance.js';
import { COLUMNS, keyRow } from './rows.js';
import { requestsPerSecond } from './load.js';

const POOL = 10;
const CONNECTIONS = [1, 10, 50];

export async function createKeys(wrk, { seconds, rounds, warmUpSeconds }) {
  const server = await startMariadb();
  if (!server) return;
  const folder = mkdtempSync(join(tmpdir(), 'keywright-bench-'));
  const uri = `${server.url.replace('mariadb:', 'mysql:')}/bench`;
  const admin = await mysql.createConnection(server.url.replace('mariadb:', 'mysql:'));
  try {
    await admin.query('SET GLOBAL innodb_flush_log_at_trx_commit = 1');
    await admin.query('CREATE DATABASE bench');
    const { call, merchantId, stop, token, url } = await startInstance(`${server.url}/bench`);
    const pool = mysql.createPool({ uri, connectionLimit: POOL });
    const { id } = await call('POST', '/api/v1/applications', { name: 'bench' });
    const script = join(folder, 'create.lua');
    const body = JSON.stringify({ description: 'bench' });
    writeFileSync(
      script,
      `wrk.method = "POST"\nwrk.body = '${body}'\nwrk.headers["Content-Type"] = "application/json"\n`,
    );
    const create = (connections, duration) =>
      requestsPerSecond(wrk, `${url}/api/v1/applications/${id}/api-keys`, token(), ['-s', script], duration, {
        connections,
        isPinned: false,
      });
    let n = 0;
    const insert = async () => {
      const connection = await pool.getConnection();
      await connection.beginTransaction();
      const row = keyRow((n += 1), 1e9, merchantId);
      await connection.query(`INSERT INTO api_key (${COLUMNS.join(', ')}) VALUES (?)`, [row]);
      await connection.commit();
      connection.release();
    };
    // Code that has just been loaded is slow on both sides; a server that runs is measured.
    create(POOL, warmUpSeconds);
    await rateOf(warmUpSeconds, insert, POOL);
    for (const connections of CONNECTIONS) {
      const results = [];
      for (let round = 0; round < rounds; round += 1) {
        const own = create(connections, seconds);
        const plain = await rateOf(seconds, insert, Math.min(connections, POOL));
        results.push({ own, plain, ratio: own / plain });
      }
      const { own, plain, ratio } = results.sort((a, b) => a.ratio - b.ratio)[Math.floor(rounds / 2)];
      console.log(
        `create, ${connections} connections: ${own.toFixed(0)} keys/s, one bare INSERT ${plain.toFixed(0)} transactions/s, ratio ${ratio.toFixed(2)}`,
      );
    }
    await stop();
    await pool.end();
  } finally {
    await admin.end();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** For so many seconds, by some clients at a time. */
async function rateOf(seconds, work, clients) {
  const start = performance.now();
  let count = 0;
  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (performance.now() < start + seconds * 1000) {
        await work();
        count += 1;
      }
    }),
  );
  return count / ((performance.now() - start) / 1000);
}
