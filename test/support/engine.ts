import { randomBytes, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import mysql from 'mysql2/promise';
import { TABLES } from '../../src/entities.js';
import { createDataSource } from '../../src/platform/database/data-source.js';
import { migrate } from '../../src/platform/database/schema.js';
import { makeFolder } from './folders.js';

declare global {
  /** The engine over which the test file runs. */
  const ENGINE: 'sqlite' | 'mariadb' | 'mysql';
}

/** A database of a test's own. */
export interface TestDatabase {
  url: string;
  /** Everything that is stored, as one text. */
  dump(): Promise<string>;
  /** Keeps everything that is stored. @returns a function that puts it back, as an operator does with a backup */
  snapshot?(): Promise<() => Promise<void>>;
  drop(): Promise<void>;
}

/** A database with the current schema, of the test file's engine unless a server is given. */
export function createDatabase(url?: string): Promise<TestDatabase> {
  return url === undefined && ENGINE === 'sqlite' ? copySqlite() : copyOnServer(url);
}

/** A database without any table. */
export function createEmptyDatabase(): Promise<TestDatabase> {
  return ENGINE === 'sqlite' ? Promise.resolve(createSqlite()) : createOnServer();
}

/** A migrated database file, made once per worker. */
let sqliteTemplate: Promise<Buffer> | undefined;

async function copySqlite(): Promise<TestDatabase> {
  const template = await (sqliteTemplate ??= migrated(createSqlite, ({ file }) => Promise.resolve(readFileSync(file))));
  const database = createSqlite();
  await writeFile(database.file, template);
  const file = new Sqlite(database.file);
  file.exec(anotherIdentity());
  file.close();
  return database;
}

function createSqlite(): TestDatabase & { file: string } {
  const folder = makeFolder('test');
  const file = join(folder, 'keywright.sqlite');
  return {
    url: `sqlite:${file}`,
    file,
    dump: () =>
      Promise.resolve(
        readdirSync(folder)
          .map((name) => readFileSync(join(folder, name), 'latin1'))
          .join('\n'),
      ),
    snapshot: async () => {
      const content = await readFile(file);
      return () => writeFile(file, content);
    },
    drop: () => rm(folder, { recursive: true }),
  };
}

/** Gives a copy of a database an identity of its own, as if it had been created by itself. */
const anotherIdentity = (): string => `UPDATE database_identity SET uuid = '${randomUUID()}'`;

/** The statements that make the tables of a migrated database and fill them, recorded once per worker. */
let serverTemplate: Promise<string> | undefined;

async function copyOnServer(url?: string): Promise<TestDatabase> {
  const template = await (serverTemplate ??= migrated(
    () => createOnServer(url),
    ({ connection }) => statementsOf(connection),
  ));
  const database = await createOnServer(url);
  await database.connection.query(template);
  await database.connection.query(anotherIdentity());
  return database;
}

const serverUrl = (): string => (ENGINE === 'mysql' ? process.env.TEST_MYSQL_URL : process.env.TEST_DATABASE_URL) ?? '';

/** @param url of a server, with the name of someone who may create databases there */
async function createOnServer(url = serverUrl()): Promise<TestDatabase & { connection: mysql.Connection }> {
  const name = `keywright_test_${randomBytes(6).toString('hex')}`;
  const connection = await mysql.createConnection({
    uri: url.replace(/^mariadb:/, 'mysql:'),
    multipleStatements: true,
    dateStrings: true,
  });
  await connection.query(`CREATE DATABASE ${name}; USE ${name}`);
  const own = new URL(url);
  own.pathname = `/${name}`;
  return {
    url: own.href,
    connection,
    dump: async () => {
      const contents = [];
      for (const table of await tablesOf(connection)) {
        const [rows] = await connection.query(`SELECT * FROM ${table}`);
        contents.push(JSON.stringify(rows));
      }
      return contents.join('\n');
    },
    snapshot: async () => {
      const statements = await statementsOf(connection);
      return async () => {
        for (const table of await tablesOf(connection)) await connection.query(`DROP TABLE ${table}`);
        await connection.query(statements);
      };
    },
    drop: async () => {
      try {
        await connection.query(`DROP DATABASE ${name}`);
        await connection.end();
      } catch {
        // The server of the tests has ended, and its data with it.
        connection.destroy();
      }
    },
  };
}

async function tablesOf(connection: mysql.Connection): Promise<string[]> {
  const [rows] = await connection.query({ sql: 'SHOW TABLES', rowsAsArray: true });
  return (rows as unknown as string[][]).flat();
}

async function statementsOf(connection: mysql.Connection): Promise<string> {
  const statements = [];
  for (const table of await tablesOf(connection)) {
    const [[created]] = await connection.query<mysql.RowDataPacket[]>(`SHOW CREATE TABLE ${table}`);
    statements.push(String(created?.['Create Table']));
    const [rows] = await connection.query<mysql.RowDataPacket[][]>({
      sql: `SELECT * FROM ${table}`,
      rowsAsArray: true,
    });
    if (rows.length > 0) statements.push(connection.format('INSERT INTO ?? VALUES ?', [table, rows]));
  }
  return statements.join(';\n');
}

/** Migrates a new database and returns what is read from it. */
async function migrated<T extends TestDatabase, R>(
  create: () => T | Promise<T>,
  read: (database: T) => Promise<R>,
): Promise<R> {
  const database = await create();
  const source = await createDataSource(database.url, TABLES).initialize();
  await migrate(source);
  await source.destroy();
  const result = await read(database);
  await database.drop();
  return result;
}
