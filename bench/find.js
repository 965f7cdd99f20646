// How fast lists are at a million keys of one merchant: each filter and order by cursor, from the beginning and from deep inside.
// Prints the figures for MariaDB and SQLite, with the plan of each statement.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import mysql from 'mysql2/promise';
import { startMariadb } from '../test/support/mariadb.js';
import { startInstance } from './instance.js';
import { COLUMNS, keyRow, LARGE, SMALL } from './rows.js';

const days = (number) => new Date(Date.now() + number * 86_400_000).toISOString();

const LISTS = [
  'sort=createdAt',
  'sort=-createdAt',
  'sort=name',
  'sort=expiresAt',
  'sort=-lastUsedAt',
  'status=active',
  'status=disabled',
  'status=expired',
  'status=expiring',
  'status=unused',
  'status=rotating',
  `application=${SMALL}&sort=name`,
  `application=${LARGE}&sort=-createdAt`,
  'level=2',
  'scope=rare:write',
  'environment=test&sort=-createdAt',
  'surface=clients&sort=name',
  `createdAfter=${days(-400)}&createdBefore=${days(-399)}&sort=lastUsedAt`,
  `expiresAfter=${days(1)}&expiresBefore=${days(10)}&sort=-createdAt`,
  `lastUsedBefore=${days(-100)}&sort=name`,
  'q=needle',
  'q=nothing+like+it&sort=name',
];

/** Answers measured for each list. */
const REQUESTS = 200;

export async function findKeys({ rows = 1_000_000, requests = REQUESTS, engines = ['mariadb', 'sqlite'] } = {}) {
  let statements = new Map();
  for (const engine of engines) {
    const database = engine === 'mariadb' ? await inMariadb() : await inSqlite();
    try {
      const instance = await startInstance(database.url);
      await database.fill(rows, instance.merchantId);
      // Meanwhile this process heard nothing of the connections that the server has given up.
      await sleep(200);
      console.log(`\n${engine}, ${rows} keys\n\n| list | p50 ms | p99 ms | keys per part |\n| --- | --: | --: | --: |`);
      for (const list of LISTS) {
        const { times, keys } = await measure(instance, database, list, requests);
        const at = (share) => times[Math.ceil(times.length * share) - 1].toFixed(1);
        const shown = list
          .replace(/=\d{4}-\d\d-\d\dT[^&]*/g, '=…')
          .replace(SMALL, 'small')
          .replace(LARGE, 'large');
        console.log(`| \`${shown}\` | ${at(0.5)} | ${at(0.99)} | ${(keys / times.length).toFixed(1)} |`);
      }
      if (database.record) statements = await database.record(instance, LISTS);
      console.log('\n| statement | plan |\n| --- | --- |');
      for (const [shape, statement] of statements)
        console.log(`| \`${shape}\` | ${await database.explain(statement)} |`);
      await instance.stop();
    } finally {
      await database.stop();
    }
  }
}

/** Follows the cursor, half of the time from a place deep inside. */
async function measure({ call }, database, list, requests) {
  const times = [];
  let keys = 0;
  const path = `/api/v1/api-keys?${list}&limit=100&cursor=`;
  const timed = async (cursor) => {
    const start = performance.now();
    const body = await call('GET', path + cursor);
    times.push(performance.now() - start);
    keys += body.items.length;
    return body.nextCursor ?? '';
  };
  const first = await timed('');
  const places = first === '' ? [''] : ['', await deep(database, list, first)];
  for (const place of places) {
    let cursor = place;
    for (let n = 0; n < requests / places.length; n += 1) cursor = (await timed(cursor)) || place;
  }
  return { times: times.sort((a, b) => a - b), keys };
}

/** A statement without its values. */
const shapeOf = (statement) =>
  statement
    .replace(/ AS value, id FROM api_key/, '')
    .replace(/merchant_id = '[^']*' AND deleted_at IS NULL/, '…')
    .replace(/'[^']*'(, '[^']*')*/g, '?')
    .replace(/(=|LIMIT) \d+/g, '$1 ?')
    .replace(/ OFFSET 0$/, '');

/** A cursor of the same list, nine tenths of the way through the keys. */
async function deep(database, list, cursor) {
  const [name, kind] = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  const [, minus, sort] = /sort=(-?)(\w+)/.exec(list) ?? ['', '', 'createdAt'];
  const column = sort.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const direction = minus ? 'DESC' : 'ASC';
  const [row] = await database.query(
    `SELECT ${column} AS value, id FROM api_key WHERE deleted_at IS NULL ORDER BY merchant_id ${direction}, ${column} ${direction}, id ${direction}
     LIMIT 1 OFFSET ${Math.floor((await database.count()) * 0.9)}`,
  );
  const value =
    row.value === null || kind === 'text' ? row.value : Date.parse(`${String(row.value).replace(' ', 'T')}Z`);
  const its = row.value === null ? 'none' : sort === 'name' ? 'text' : 'time';
  return Buffer.from(JSON.stringify([name, its, value, row.id])).toString('base64url');
}

export async function inMariadb() {
  const server = await startMariadb();
  if (!server) throw new Error('There is no MariaDB.');
  const connection = await mysql.createConnection({
    uri: server.url.replace('mariadb:', 'mysql:'),
    dateStrings: true,
    multipleStatements: true,
  });
  await connection.query(
    'SET GLOBAL innodb_buffer_pool_size = 2147483648; CREATE DATABASE bench; USE bench; SET unique_checks = 0',
  );
  const query = async (sql, values) => (await connection.query(sql, values))[0];
  return {
    url: `${server.url}/bench`,
    query,
    count: async () => (await query('SELECT COUNT(*) AS count FROM api_key'))[0].count,
    insert: async (table, columns, rows) => {
      for (let from = 0; from < rows.length; from += 2000)
        await query(`INSERT INTO ${table} (${columns.join(', ')}) VALUES ?`, [rows.slice(from, from + 2000)]);
      await query(`ANALYZE TABLE ${table}`);
    },
    fill: async (rows, merchantId) => {
      for (let from = 0; from < rows; from += 2000) {
        const some = Array.from({ length: Math.min(2000, rows - from) }, (_, n) => keyRow(from + n, rows, merchantId));
        await query(`INSERT INTO api_key (${COLUMNS.join(', ')}) VALUES ?`, [some]);
      }
      await query('ANALYZE TABLE api_key');
    },
    // The statements themselves, as the server got them, are explained on both engines.
    record: async ({ call }, lists) => {
      const statements = new Map();
      for (const list of lists) {
        await query(`SET GLOBAL log_output = 'TABLE'; TRUNCATE mysql.general_log; SET GLOBAL general_log = 1`);
        const { nextCursor } = await call('GET', `/api/v1/api-keys?${list}&limit=100&cursor=`);
        if (nextCursor) await call('GET', `/api/v1/api-keys?${list}&limit=100&cursor=${nextCursor}`);
        await query('SET GLOBAL general_log = 0');
        const logged = await query(
          `SELECT CONVERT(argument USING utf8mb4) AS statement FROM mysql.general_log WHERE argument LIKE 'SELECT %id FROM api_key%'`,
        );
        for (const { statement } of logged) statements.set(shapeOf(statement), statement);
      }
      return statements;
    },
    explain: async (statement) => {
      const [{ key, Extra }] = await query(`EXPLAIN ${statement}`);
      return `${key ?? 'nothing'}: ${Extra}`;
    },
    stop: async () => {
      await connection.end();
      await server.stop();
    },
  };
}

export async function inSqlite() {
  const folder = mkdtempSync(join(tmpdir(), 'keywright-bench-'));
  const file = join(folder, 'keywright.sqlite');
  const open = () => new Database(file);
  return {
    url: `sqlite:${file}`,
    query: async (sql) => {
      const connection = open();
      const rows = connection.prepare(sql).all();
      connection.close();
      return rows;
    },
    count: async () => {
      const connection = open();
      const { count } = connection.prepare('SELECT COUNT(*) AS count FROM api_key').get();
      connection.close();
      return count;
    },
    insert: async (table, columns, rows) => {
      const connection = open();
      const statement = connection.prepare(
        `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
      );
      connection.transaction(() => rows.forEach((row) => statement.run(...row)))();
      connection.pragma('wal_checkpoint(TRUNCATE)');
      connection.close();
    },
    fill: async (rows, merchantId) => {
      const connection = open();
      const insert = connection.prepare(
        `INSERT INTO api_key (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map(() => '?').join(', ')})`,
      );
      for (let from = 0; from < rows; from += 50_000) {
        connection.transaction(() => {
          for (let n = from; n < Math.min(from + 50_000, rows); n += 1) insert.run(...keyRow(n, rows, merchantId));
        })();
      }
      connection.pragma('wal_checkpoint(TRUNCATE)');
      connection.close();
    },
    explain: async (statement) => {
      const connection = open();
      const plan = connection.prepare(`EXPLAIN QUERY PLAN ${asSqlite(statement)}`).all();
      connection.close();
      return plan.map(({ detail }) => detail).join('; ');
    },
    stop: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A statement of MariaDB's, as SQLite is asked. */
const asSqlite = (statement) =>
  statement.replace(/FORCE INDEX \((\w+)\)/, 'INDEXED BY $1').replaceAll(' REGEXP ', ' GLOB ');
