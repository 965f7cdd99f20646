import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mysql from 'mysql2/promise';

declare const ENGINE: 'sqlite' | 'mariadb';

export const engine = ENGINE;

/** `describe` where the engine of this run is there, `describe.skip` where it can't be had (which `CI=true` doesn't let happen). */
export const onEngine: typeof describe =
  ENGINE === 'mariadb' && process.env.TEST_DATABASE_URL === 'none' ? describe.skip : describe;

/** For what only MariaDB can show. */
export const onMariadb: typeof describe = ENGINE === 'mariadb' ? onEngine : describe.skip;

/** A database of its own, empty. */
export interface TestDatabase {
  url: string;
  /** Everything that is stored, as one text. */
  dump(): Promise<string>;
  drop(): Promise<void>;
}

export function createDatabase(): Promise<TestDatabase> {
  return ENGINE === 'sqlite' ? createSqlite() : createMariadb(process.env.TEST_DATABASE_URL ?? '');
}

async function createSqlite(): Promise<TestDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'keywright-test-'));
  return Promise.resolve({
    url: `sqlite:${join(folder, 'keywright.sqlite')}`,
    dump: () =>
      Promise.resolve(
        readdirSync(folder)
          .map((file) => readFileSync(join(folder, file), 'latin1'))
          .join('\n'),
      ),
    drop: () => rm(folder, { recursive: true }),
  });
}

/** @param url of a MariaDB, and of somebody who may make databases there */
export async function createMariadb(url: string): Promise<TestDatabase> {
  const server = new URL(url);
  const name = `keywright_test_${randomBytes(6).toString('hex')}`;
  server.pathname = '/';
  const connection = await mysql.createConnection(server.href.replace(/^mariadb:/, 'mysql:'));
  await connection.query(`CREATE DATABASE ${name}`);
  server.pathname = `/${name}`;
  return {
    url: server.href,
    dump: async () => {
      const [tables] = await connection.query<mysql.RowDataPacket[]>(`SHOW TABLES FROM ${name}`);
      const contents = tables.map(async (row) => {
        const [rows] = await connection.query(`SELECT * FROM ${name}.${String(Object.values(row)[0])}`);
        return JSON.stringify(rows);
      });
      return (await Promise.all(contents)).join('\n');
    },
    drop: async () => {
      await connection.query(`DROP DATABASE ${name}`);
      await connection.end();
    },
  };
}
