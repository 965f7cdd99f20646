import { registerDecorator } from 'class-validator';
import { ConfigError } from '../config-error.js';
import { parseMysqlUrl, type MysqlServer } from './mysql-url.js';

/** The file of an SQLite database. */
export interface SqliteFile {
  engine: 'sqlite';
  path: string;
}

const FORMS = 'sqlite:<path>, mysql://user:password@host/name or mariadb://user:password@host/name';

/**
 * Parses a `DATABASE_URL`. Every part is honoured or refused.
 *
 * @throws {ConfigError} that names the part that is wrong, and shows no part of the URL, because a password can stand where another part is expected
 */
export function parseDatabaseUrl(url: string): SqliteFile | MysqlServer {
  try {
    const [, scheme = '', rest = ''] = /^([a-z]+):(.*)$/s.exec(url) ?? [];
    if (scheme === 'sqlite') return parseSqlitePath(rest);
    if ((scheme === 'mysql' || scheme === 'mariadb') && rest.startsWith('//'))
      return parseMysqlUrl(scheme, rest.slice('//'.length));
    throw new ConfigError(`it must be ${FORMS}`);
  } catch (error) {
    throw error instanceof ConfigError ? new ConfigError(`DATABASE_URL: ${error.message}`) : error;
  }
}

function parseSqlitePath(path: string): SqliteFile {
  if (path.trim() === '') throw new ConfigError('the path of the file is missing after sqlite:');
  if (path === ':memory:') throw new ConfigError('a database in memory keeps nothing; name a file');
  if (/^\/\/[^/]/.test(path))
    throw new ConfigError('sqlite: is followed by the path at once, as in sqlite:data/keywright.sqlite');
  if (path.includes('?')) throw new ConfigError('sqlite: takes no parameters; "?" is not allowed in the path');
  if (path.includes('\0')) throw new ConfigError('the path holds a NUL');
  return { engine: 'sqlite', path };
}

/** The value is a URL that {@link parseDatabaseUrl} accepts. */
export const IsDatabaseUrl = (): PropertyDecorator => (target, property) =>
  registerDecorator({
    target: target.constructor,
    propertyName: property as string,
    validator: {
      validate: (value: unknown) => findProblem(String(value)) === null,
      defaultMessage: (args) => findProblem(String(args?.value)) ?? '',
    },
  });

function findProblem(url: string): string | null {
  try {
    parseDatabaseUrl(url);
    return null;
  } catch (error) {
    return (error as ConfigError).message;
  }
}
