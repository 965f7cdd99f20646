import { constants, existsSync } from 'node:fs';
import { access, statfs, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Redis } from 'ioredis';
import { createTransport } from 'nodemailer';
import type { Config } from '../../platform/config/config.js';
import { SECRETS_FILE } from '../../platform/config/generated-secrets.js';
import { errorMessage } from '../../platform/runtime/error-message.js';
import { databaseFile } from '../shell/location.js';
import { ok, problem, warning, type Check } from './finding.js';

const MIB = 1024 * 1024;
const FREE_PROBLEM = 100 * MIB;
const FREE_WARNING = 1024 * MIB;

/** Connects to the mail server and logs in there, if that is configured. It sends no mail. */
export const reachMailServer = ({ SMTP_URL: url, isProduction }: Config, timeoutMs: number): Check => ({
  name: 'mail',
  look: async () => {
    if (url === undefined)
      // The settings' own warning says what is refused.
      return isProduction ? [] : [ok('SMTP_URL is not set: mails are written to the log')];
    const limits = { connectionTimeout: timeoutMs, greetingTimeout: timeoutMs, socketTimeout: timeoutMs };
    const transport = createTransport({ url, ...limits });
    try {
      await transport.verify();
      return [ok(`${new URL(url).host} takes mails`)];
    } catch (error) {
      return [
        problem(
          `${new URL(url).host} takes no mails: ${errorMessage(error)}. Check SMTP_URL, its password and the network.`,
        ),
      ];
    } finally {
      transport.close();
    }
  },
});

export const reachRedis = ({ REDIS_URL: url }: Config, timeoutMs: number): Check => ({
  name: 'redis',
  look: async () => {
    if (url === undefined) return [];
    const options = { lazyConnect: true, connectTimeout: timeoutMs, maxRetriesPerRequest: 0 };
    const redis = new Redis(url, { ...options, retryStrategy: () => null });
    let reason: unknown;
    redis.on('error', (error: Error) => (reason ??= error));
    try {
      await redis.connect();
      await redis.ping();
      return [ok(`${new URL(url).host} answers`)];
    } catch (error) {
      return [
        problem(
          `${new URL(url).host} does not answer: ${errorMessage(reason ?? error)}. Until it does, instances share limits through the database.`,
        ),
      ];
    } finally {
      redis.disconnect();
    }
  },
});

/** Looks at the folders that a server writes to: free space, and whether it may write there. */
export const inspectDisk = ({ DATABASE_URL, revocationJournal }: Config): Check => ({
  name: 'disk',
  look: async () => {
    const file = databaseFile(DATABASE_URL);
    const places = [file && dirname(file), revocationJournal].filter((path) => path !== null);
    const paths = file !== null && existsSync(file) ? [...places, file] : places;
    const found = [];
    for (const path of paths) {
      const existing = nearestExisting(path);
      const isWritable = await access(existing, constants.W_OK).then(
        () => true,
        () => false,
      );
      if (!isWritable)
        found.push(problem(`${existing} cannot be written by this user: change its owner, or run as the server does.`));
    }
    for (const place of places) {
      const { bavail, bsize } = await statfs(nearestExisting(place));
      const free = bavail * bsize;
      const text = `${Math.floor(free / MIB)} MiB are free where ${place} is`;
      if (free < FREE_PROBLEM) found.push(problem(`Only ${text}: make room.`));
      else if (free < FREE_WARNING) found.push(warning(`Only ${text}: make room.`));
      else found.push(ok(text));
    }
    const mode = await stat(SECRETS_FILE).then(
      (info) => info.mode,
      () => 0,
    );
    if ((mode & 0o077) !== 0) found.push(warning(`${SECRETS_FILE} can be read by others: chmod 600 ${SECRETS_FILE}`));
    return found;
  },
});

function nearestExisting(path: string): string {
  const absolute = resolve(path);
  return existsSync(absolute) || dirname(absolute) === absolute ? absolute : nearestExisting(dirname(absolute));
}
