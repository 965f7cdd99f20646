import { existsSync } from 'node:fs';
import { Config, journalFolder } from '../../platform/config/config.js';
import { CommandError } from './failure.js';

/** The database of the environment, and the folder of its revocation journal; `null` if there is none. */
export function readLocation(): { url: string; folder: string | null } {
  const { DATABASE_URL: url = new Config().DATABASE_URL, REVOCATION_JOURNAL: journal } = readGiven();
  return {
    url,
    folder: journalFolder({ DATABASE_URL: url, ...(journal !== undefined && { REVOCATION_JOURNAL: journal }) }),
  };
}

/** The path of a database on SQLite; `null` if the database is not a file. */
export function databaseFile(url: string): string | null {
  return url.startsWith('sqlite:') ? url.slice('sqlite:'.length) : null;
}

/**
 * Commands other than `serve` and `seed` create neither a database nor secrets.
 *
 * @throws {CommandError} when the database is a file that there is not
 */
export function assertDatabase(url = readLocation().url): void {
  const path = databaseFile(url);
  if (path !== null && !existsSync(path))
    throw new CommandError(`There is no database at ${path}: start the server first, or set DATABASE_URL.`);
}

/** An empty variable counts as not set. */
const readGiven = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ''));
