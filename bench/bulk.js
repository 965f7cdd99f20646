// How fast many keys are revoked in one call, on MariaDB.
import mysql from 'mysql2/promise';
import { startMariadb } from '../test/support/mariadb.js';
import { startInstance } from './instance.js';
import { COLUMNS, keyRow } from './rows.js';

export async function bulkRevoke({ keys = 10_000, rounds = 5 } = {}) {
  const server = await startMariadb();
  if (!server) throw new Error('There is no MariaDB.');
  const connection = await mysql.createConnection(server.url.replace('mariadb:', 'mysql:'));
  try {
    // As it is delivered: every commit is on the disk.
    await connection.query('SET GLOBAL innodb_flush_log_at_trx_commit = 1');
    await connection.query('CREATE DATABASE bench');
    const { call, merchantId, stop } = await startInstance(`${server.url}/bench`);
    const rates = [];
    for (let round = 0; round < rounds; round += 1) {
      const rows = Array.from({ length: keys }, (_, n) => keyRow(round * keys + n, rounds * keys, merchantId));
      for (let from = 0; from < keys; from += 1000)
        await connection.query(`INSERT INTO bench.api_key (${COLUMNS.join(', ')}) VALUES ?`, [
          rows.slice(from, from + 1000),
        ]);
      const start = performance.now();
      const body = { filter: { createdAfter: '2000-01-01' }, expectedCount: keys };
      const { results } = await call('POST', '/api/v1/api-keys/bulk-revoke', body);
      rates.push(keys / ((performance.now() - start) / 1000));
      if (results.filter(({ status }) => status === 200).length !== keys) throw new Error('Not all keys were revoked.');
    }
    await stop();
    rates.sort((a, b) => a - b);
    console.log(
      `bulk-revoke of ${keys} keys: ${rates[Math.floor(rounds / 2)].toFixed(0)} keys/s, between ${rates[0].toFixed(0)} and ${rates.at(-1).toFixed(0)}`,
    );
  } finally {
    await connection.end();
    await server.stop();
  }
}
