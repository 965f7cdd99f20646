import type { MysqlServer } from '../../config/database-url/mysql-url.js';
import { redact } from '../../observability/logs/redaction.js';
import { errorMessage } from '../../runtime/error-message.js';
import { UNCONNECTED, type MysqlError } from './mysql-errors.js';

/** Answers of a server that starts, stops or has no room, and of a proxy in front of one. */
const NOT_SERVING = new Set([
  1040, // too many connections
  1047, // a Galera node that isn't part of its cluster yet
  1053, // shutdown
  1077, // shutdown
  2002,
  2003,
  2006,
  2013, // a proxy has lost its server
  3168, // server not available
  9001,
  9002, // ProxySQL has reached no server
]);

const ACCESS_DENIED = [1045, 1698];
const DATABASE_DENIED = 1044;
const UNKNOWN_DATABASE = 1049;
const HOST_DENIED = 1130;
/** The user may not do what a statement does. */
const COMMAND_DENIED = [1142, 1143, 1227, 1370];

/** Whether the server may serve a moment later, without a change of the settings. */
export const isAway = (error: unknown): boolean => {
  const { code = '', errno = 0, syscall } = error as MysqlError;
  return UNCONNECTED.has(code) || syscall === 'connect' || NOT_SERVING.has(errno);
};

/** Says why the database of a server cannot be opened, where, and what to do. The password is never part of it. */
export function describeOpenFailure(error: unknown, server: MysqlServer): string {
  const { code = '', errno = 0 } = error as MysqlError;
  const { user, database } = server;
  const place = placeOf(server);
  if (ACCESS_DENIED.includes(errno))
    return `the server at ${place} does not accept the user ${user} with this password (${code}). Correct them in DATABASE_URL, or create the user.`;
  if (errno === UNKNOWN_DATABASE)
    return `the server at ${place} has no database ${database} (${code}). Create it with CREATE DATABASE ${database}, or correct the name.`;
  if (errno === DATABASE_DENIED)
    return `the server at ${place} has no database ${database} that the user ${user} may use (${code}). ${grant(server)}`;
  if (COMMAND_DENIED.includes(errno))
    return `the user ${user} may not do everything in the database ${database} (${code}). ${grant(server)}`;
  if (errno === HOST_DENIED)
    return `the server at ${place} accepts no connection from this machine (${code}). Create the user for it, as in CREATE USER ${user}@'%'.`;
  if (code === 'HANDSHAKE_NO_SSL_SUPPORT')
    return `the server at ${place} does not offer TLS (${code}). Set it up there, or choose another ssl-mode.`;
  if (['ENOTFOUND', 'EAI_AGAIN'].includes(code))
    return `the host ${server.host} has no known address (${code}). Correct it in DATABASE_URL.`;
  if (UNCONNECTED.has(code) || (error as MysqlError).syscall === 'connect')
    return `nothing answers at ${place} (${code}). Start the database server, or correct the address in DATABASE_URL.`;
  return `the server at ${place} says: ${redact(errorMessage(error).replaceAll(/\s+/g, ' '))}${code === '' ? '' : ` (${code})`}`;
}

const grant = ({ user, database }: MysqlServer): string =>
  `Create the database if it is missing, and give the user all rights with GRANT ALL ON ${database}.* TO ${user}.`;

function placeOf({ socketPath, host, port }: MysqlServer): string {
  if (socketPath !== null) return socketPath;
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
