import { Config, journalFolder } from '../platform/config/config.js';

/** The database of the environment, and the folder of its revocation journal; `null` if there is none. */
export function readLocation(): { url: string; folder: string | null } {
  const { DATABASE_URL: url = new Config().DATABASE_URL, REVOCATION_JOURNAL: journal } = readGiven();
  return {
    url,
    folder: journalFolder({ DATABASE_URL: url, ...(journal !== undefined && { REVOCATION_JOURNAL: journal }) }),
  };
}

/** An empty variable counts as not set. */
const readGiven = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ''));
