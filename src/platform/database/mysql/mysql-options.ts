import { readFileSync } from 'node:fs';
import { connect, isIP, type Socket } from 'node:net';
import { createSecureContext } from 'node:tls';
import type { ConnectionOptions, PoolOptions, SslOptions } from 'mysql2';
import type { DataSourceOptions } from 'typeorm';
import { ConfigError } from '../../config/config-error.js';
import type { MysqlServer } from '../../config/database-url/mysql-url.js';
import { mysql } from './mysql-package.js';
import { createPool } from './pool.js';
import { COLLATION } from './session.js';

/**
 * Returns TypeORM's options for a MySQL or MariaDB server.
 *
 * @throws {ConfigError} when a file of the TLS settings cannot be used
 */
export function mysqlOptions(server: MysqlServer): DataSourceOptions {
  const { engine, host, port, user, password, database, socketPath, sslMode } = server;
  const ssl = readSsl(server);
  return {
    type: engine,
    ...(socketPath === null ? { host, port } : { host: 'localhost', socketPath }),
    username: user,
    password,
    database,
    charset: COLLATION,
    timezone: 'Z',
    poolSize: server.poolSize,
    connectTimeout: server.connectTimeoutSeconds * 1000,
    driver: {
      ...mysql(),
      createPool: (options: PoolOptions) => createPool(options, sslMode === 'PREFERRED'),
    },
    // To keep the stack of every statement costs a sixth of sending it; TypeORM's errors have one of their own.
    trace: false,
    ...(ssl && { ssl }),
    extra: { stream: connectFor(server.readTimeoutSeconds * 1000) },
  };
}

/**
 * Connects for mysql2, and destroys a connection that is silent for too long: TCP alone would wait for a quarter of an hour.
 *
 * @param onConnect is told of each socket when it is connected
 */
export function connectFor(
  silenceMs: number,
  onConnect: (socket: Socket) => void = () => undefined,
): (options: { config: ConnectionOptions }) => Socket {
  return ({ config: { socketPath, host = 'localhost', port = 3306 } }) => {
    const socket = socketPath === undefined ? connect(port, host) : connect(socketPath);
    socket.once('connect', () => {
      onConnect(socket);
    });
    socket.setNoDelay(true);
    socket.setTimeout(silenceMs, () =>
      socket.destroy(Object.assign(new Error('The database does not answer'), { code: 'ETIMEDOUT' })),
    );
    // Node compares a certificate with the host that a socket was opened to, but remembers names only, no addresses.
    if (isIP(host)) Object.assign(socket, { _host: host });
    return socket;
  };
}

function readSsl({ sslMode, sslCa, sslCert, sslKey }: MysqlServer): SslOptions | null {
  if (sslMode === 'DISABLED') return null;
  const ssl: SslOptions = {
    rejectUnauthorized: sslMode.startsWith('VERIFY_'),
    verifyIdentity: sslMode === 'VERIFY_IDENTITY',
    ...(sslCa !== null && { ca: readPem('ssl-ca', sslCa) }),
    ...(sslCert !== null && { cert: readPem('ssl-cert', sslCert) }),
    ...(sslKey !== null && { key: readPem('ssl-key', sslKey) }),
  };
  try {
    createSecureContext({ ca: ssl.ca, cert: ssl.cert, key: ssl.key });
    return ssl;
  } catch (error) {
    throw new ConfigError(`DATABASE_URL: the certificate or key is no valid PEM: ${(error as Error).message}`);
  }
}

function readPem(name: string, path: string): string {
  let text;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new ConfigError(`DATABASE_URL: ${name} cannot be read: ${(error as Error).message}`);
  }
  if (!text.includes('-----BEGIN ')) throw new ConfigError(`DATABASE_URL: ${name} is no file in PEM: ${path}`);
  return text;
}
