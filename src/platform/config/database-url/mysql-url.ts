import { ConfigError } from '../config-error.js';
import { decode } from './decode.js';
import { readMysqlParameters, type MysqlParameters } from './mysql-parameters.js';

/** A database of a MySQL or MariaDB server, and how it is reached. */
export interface MysqlServer extends MysqlParameters {
  engine: 'mysql' | 'mariadb';
  user: string;
  password: string;
  /** A name or an address, IPv6 without brackets. */
  host: string;
  port: number;
  database: string;
}

const DEFAULT_PORT = 3306;

/** The longest name that MySQL and MariaDB give to a database, in characters. */
const DATABASE_NAME_MAX = 64;

const ENCODE = 'write special characters (: / ? # @ %) of the user and the password percent-encoded, like %40 for @';

/**
 * Parses what follows `mysql://`: `user:password@host:port/name?parameter=value&…`.
 *
 * @throws {ConfigError}
 */
export function parseMysqlUrl(engine: MysqlServer['engine'], text: string): MysqlServer {
  const [, authority = '', path = '', query = '', fragment = ''] =
    /^([^/?#]*)(\/[^?#]*)?(\?[^#]*)?(#.*)?$/s.exec(text) ?? [];
  const at = authority.lastIndexOf('@');
  if (at < 0 || fragment !== '') throw new ConfigError(`it must have the form user:password@host/name; ${ENCODE}`);
  const credentials = readCredentials(authority.slice(0, at));
  const parameters = readMysqlParameters(query.slice(1));
  return {
    engine,
    ...credentials,
    ...readHost(authority.slice(at + 1), parameters.socketPath),
    database: readDatabase(path),
    ...parameters,
  };
}

function readCredentials(text: string): { user: string; password: string } {
  const [, user = '', password = ''] = /^([^:]*)(?::(.*))?$/s.exec(text) ?? [];
  if (user === '') throw new ConfigError('the user is missing');
  return { user: decode('the user', user), password: decode('the password', password) };
}

function readHost(text: string, socketPath: string | null): { host: string; port: number } {
  const [isRead, v6, name = '', port] = /^(?:\[([\da-f:.]+)\]|([^:[\]]*))(?::([^:]*))?$/is.exec(text) ?? [];
  if (isRead === undefined)
    throw new ConfigError('the host must be a name, an IPv4 address, or an IPv6 address in [ ]');
  const host = v6 ?? decode('the host', name);
  if (socketPath !== null && (!['', 'localhost'].includes(host) || port !== undefined))
    throw new ConfigError('socketPath is a socket of this machine: the host must be localhost, without a port');
  if (socketPath === null && host === '') throw new ConfigError('the host is missing');
  return { host: host === '' ? 'localhost' : host, port: port === undefined ? DEFAULT_PORT : readPort(port) };
}

function readPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65_535) throw new ConfigError('the port must be a number from 1 to 65535');
  return port;
}

function readDatabase(path: string): string {
  const name = decode("the database's name", path.slice(1));
  if (name === '') throw new ConfigError("the database's name is missing after the host");
  if (/[/\\.\0]|\s$/.test(name))
    throw new ConfigError("the database's name must hold no / \\ . and must not end with a space");
  if ([...name].length > DATABASE_NAME_MAX)
    throw new ConfigError(`the database's name must have ${DATABASE_NAME_MAX} characters at the most`);
  return name;
}
