import { QueryFailedError } from 'typeorm';
import { ConfigError } from '../config/config-error.js';
import { parseDatabaseUrl } from '../config/database-url/database-url.js';
import * as mysql from './mysql/open-failure.js';
import * as sqlite from './sqlite/open-failure.js';

/** The database cannot be opened, for a reason that may pass by itself. */
export class DatabaseAwayError extends ConfigError {}

/** Turns the error of a database that cannot be opened, or cannot be migrated, into one line that says why, where, and what to do. */
export function asOpenFailure(thrown: unknown, url: string): ConfigError {
  if (thrown instanceof ConfigError) return thrown;
  const error: unknown = thrown instanceof QueryFailedError ? thrown.driverError : thrown;
  const database = parseDatabaseUrl(url);
  const reason =
    database.engine === 'sqlite'
      ? sqlite.describeOpenFailure(error, database.path)
      : mysql.describeOpenFailure(error, database);
  const isAway = database.engine !== 'sqlite' && mysql.isAway(error);
  return new (isAway ? DatabaseAwayError : ConfigError)(
    `Keywright cannot open the database that DATABASE_URL names: ${reason}`,
  );
}
