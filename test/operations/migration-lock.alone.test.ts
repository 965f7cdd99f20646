/**
 * Guarantee: on MariaDB nobody migrates without the lock, which is free again after a failure and when its connection is lost. Runs alone because
 * it measures time.
 */

import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import mysql, { type Connection } from 'mysql2/promise';
import type { DataSource } from 'typeorm';
import { TABLES } from '../../src/entities.js';
import { withNamedLock } from '../../src/platform/database/mysql/named-lock.js';
import { openDatabase } from '../../src/platform/database/open-database.js';
import { migrate } from '../../src/platform/database/schema.js';

const mariadb = process.env.TEST_DATABASE_URL ?? '';

(mariadb ? describe : describe.skip)('the migration lock', () => {
  let name: string;
  let other: Connection;
  let source: DataSource;
  beforeEach(async () => {
    name = `keywright_lock_${randomBytes(4).toString('hex')}`;
    other = await mysql.createConnection(mariadb.replace('mariadb:', 'mysql:'));
    await other.query(`CREATE DATABASE ${name}`);
    await other.query(`USE ${name}`);
    source = await openDatabase(`${mariadb}/${name}`, TABLES);
  });
  afterEach(async () => {
    await source.destroy();
    await other.query(`DROP DATABASE ${name}`);
    await other.end();
  });

  const LOCK = `CONCAT('keywright:', LEFT(SHA2(DATABASE(), 256), 48))`;
  const take = () => other.query(`SELECT GET_LOCK(${LOCK}, 0)`);
  const release = () => other.query(`SELECT RELEASE_LOCK(${LOCK})`);
  const holder = async (): Promise<number | null> => {
    const [[row]] = await other.query<mysql.RowDataPacket[]>(`SELECT IS_USED_LOCK(${LOCK}) AS id`);
    return row?.id as number | null;
  };
  const tables = async (): Promise<number> => (await other.query<mysql.RowDataPacket[]>('SHOW TABLES'))[0].length;

  it('is waited for: nothing is migrated before', async () => {
    await take();
    const migrating = migrate(source);
    await sleep(2500);
    expect(await tables()).toBe(0);
    await release();
    await migrating;
    expect(await tables()).toBeGreaterThan(20);
    expect(await holder()).toBeNull();
  });

  it('is waited for no longer than a bounded time, and nothing is migrated then', async () => {
    await take();
    const runner = source.createQueryRunner();
    let hasRun = false;
    const waiting = withNamedLock(runner, () => Promise.resolve((hasRun = true)), 1500);
    await expect(waiting).rejects.toThrow(/^Another process has been migrating the schema[^\n]+$/);
    expect(hasRun).toBe(false);
    await runner.release();
    await release();
  });

  it('is free after a migration that failed', async () => {
    // The first migration cannot create this table.
    await other.query('CREATE TABLE merchant (id INT PRIMARY KEY)');
    await expect(migrate(source)).rejects.toThrow(/merchant/);
    expect(await holder()).toBeNull();
  });

  it('ends the migrations when its connection is lost', async () => {
    await other.query(
      'CREATE TABLE migration (id INT PRIMARY KEY AUTO_INCREMENT, timestamp BIGINT NOT NULL, name VARCHAR(255) NOT NULL)',
    );
    // Holds the migrations up while they have the lock.
    const blocker = await mysql.createConnection(`${mariadb.replace('mariadb:', 'mysql:')}/${name}`);
    await blocker.query('LOCK TABLES migration WRITE');
    const migrating = migrate(source);
    const failed = expect(migrating).rejects.toMatchObject({ driverError: { fatal: true } });
    let id: number | null = null;
    while ((id = await holder()) === null) await sleep(10);
    await other.query(`KILL ${id}`);
    await failed;
    await blocker.query('UNLOCK TABLES');
    await blocker.end();
    // The server ends a killed connection a moment after its client has been told.
    while ((await holder()) !== null) await sleep(10);
    await migrate(source);
    expect(await tables()).toBeGreaterThan(20);
  });
});
