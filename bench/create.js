// How fast keys are created over HTTP, against one bare INSERT in a transaction by mysql2: 10 at a time each, MariaDB with every commit on the disk.
import mysql from 'mysql2/promise';
import { startMariadb } from '../test/support/mariadb.js';
import { startInstance } from './instance.js';
import { COLUMNS, keyRow } from './rows.js';

const AT_A_TIME = 10;

export async function createKeys({ seconds, rounds, warmUp }) {
  const server = await startMariadb();
  if (!server) return;
  const uri = `${server.url.replace('mariadb:', 'mysql:')}/bench`;
  const admin = await mysql.createConnection(server.url.replace('mariadb:', 'mysql:'));
  try {
    await admin.query('SET GLOBAL innodb_flush_log_at_trx_commit = 1');
    await admin.query('CREATE DATABASE bench');
    const { call, merchantId, stop } = await startInstance(`${server.url}/bench`);
    const pool = mysql.createPool({ uri, connectionLimit: AT_A_TIME });
    const { id } = await call('POST', '/api/v1/applications', { name: 'bench' });
    let n = 0;
    const makeKey = () => call('POST', `/api/v1/applications/${id}/api-keys`, { description: 'bench' });
    const insert = async () => {
      const connection = await pool.getConnection();
      await connection.beginTransaction();
      const row = keyRow((n += 1), 1e9, merchantId);
      await connection.query(`INSERT INTO api_key (${COLUMNS.join(', ')}) VALUES (?)`, [row]);
      await connection.commit();
      connection.release();
    };
    const results = [];
    // Code that has just been loaded is slow on both sides; a server that runs is measured.
    for (const work of [makeKey, insert]) await rateOf(0, work, warmUp);
    for (let round = 0; round < rounds; round += 1) {
      const own = await rateOf(seconds, makeKey);
      const plain = await rateOf(seconds, insert);
      results.push({ own, plain, ratio: own / plain });
    }
    await stop();
    await pool.end();
    const { own, plain, ratio } = results.sort((a, b) => a.ratio - b.ratio)[Math.floor(rounds / 2)];
    console.log(
      `create: ${own.toFixed(0)} keys/s, one bare INSERT ${plain.toFixed(0)} transactions/s, ratio ${ratio.toFixed(2)}`,
    );
  } finally {
    await admin.end();
    await server.stop();
  }
}

/** For so many seconds, and so many times at least. */
async function rateOf(seconds, work, times = 0) {
  const start = performance.now();
  let count = 0;
  await Promise.all(
    Array.from({ length: AT_A_TIME }, async () => {
      while (performance.now() < start + seconds * 1000 || count < times) {
        await work();
        count += 1;
      }
    }),
  );
  return count / ((performance.now() - start) / 1000);
}
