import type { DatabaseServer } from './database-server.js';
import { startMariadb } from './mariadb.js';
import { startMysql } from './mysql.js';

/** Whether a test file can start a server of its own: a MySQL in the project of that name, else a MariaDB. */
export const CAN_START_SERVER = ENGINE === 'mysql' || process.env.TEST_DATABASE_URL !== undefined;

/** A server of a test file's own, whose settings and state it may change. @param args its settings */
export async function startServer(args: string[] = []): Promise<DatabaseServer> {
  const server = await (ENGINE === 'mysql' ? startMysql(args) : startMariadb(args));
  if (!server) throw new Error('There is no database server.');
  return server;
}
