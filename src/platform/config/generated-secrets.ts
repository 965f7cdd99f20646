import { randomBytes, randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { CANNOT_LINK, createLastingFolder, syncFileSync, syncFolderSync } from '../runtime/lasting-folder.js';
import { ConfigError } from './config-error.js';

const FOLDER = 'data';
export const SECRETS_FILE = `${FOLDER}/secrets.json`;

/**
 * Returns the secrets of a server that has none in its environment: generated at the first start and stored in `data/secrets.json` (mode 0600).
 * Processes that start at the same time get the same secrets.
 */
export function loadGeneratedSecrets(): Record<string, string> {
  return readSecretsFile() ?? create();
}

/** Reads the stored secrets, if there are any. */
export function readSecretsFile(): Record<string, string> | undefined {
  try {
    return JSON.parse(readFileSync(SECRETS_FILE, 'utf8')) as Record<string, string>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new ConfigError(
      `${SECRETS_FILE} cannot be read (${(error as Error).message}). Put it back from a backup, or set the secrets in the environment.`,
    );
  }
}

/** Generates a secret of 256 random bits. */
export const generateSecret = (): string => randomBytes(32).toString('base64url');

/** Generates a value for each setting that holds secrets. */
export const generateSecrets = (): Record<'JWT_SECRET' | 'KEY_PEPPERS' | 'ENCRYPTION_KEYS', string> => ({
  JWT_SECRET: generateSecret(),
  KEY_PEPPERS: generateSecret(),
  ENCRYPTION_KEYS: generateSecret(),
});

const create = (): Record<string, string> => storeSecrets(generateSecrets());

/** Stores secrets unless there are some already. @returns those that are stored */
export function storeSecrets(secrets: Record<string, string>): Record<string, string> {
  // Without the secrets, the keys in the database are worth nothing: the file, its name and its folder are synced.
  const draft = `${FOLDER}/.secrets-${randomUUID()}`;
  createLastingFolder(FOLDER);
  const text = `${JSON.stringify(secrets, null, 2)}\n`;
  writeFileSync(draft, text, { mode: 0o600 });
  syncFileSync(draft);
  try {
    linkSync(draft, SECRETS_FILE);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code !== 'EEXIST' && !CANNOT_LINK.has(code)) throw error;
    // Without hard links, the file is created in place.
    if (code !== 'EEXIST') createInPlace(text);
  } finally {
    unlinkSync(draft);
  }
  syncFolderSync(FOLDER);
  return readSecretsFile() ?? secrets;
}

/** Replaces the stored secrets, all at once: whatever happens meanwhile, the file holds the former ones or these. */
export function replaceSecrets(secrets: Record<string, string>): void {
  const draft = `${FOLDER}/.secrets-${randomUUID()}`;
  writeFileSync(draft, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  try {
    syncFileSync(draft);
    renameSync(draft, SECRETS_FILE);
  } catch (error) {
    unlinkSync(draft);
    throw error;
  }
  syncFolderSync(FOLDER);
}

function createInPlace(text: string): void {
  try {
    writeFileSync(SECRETS_FILE, text, { mode: 0o600, flag: 'wx' });
    syncFileSync(SECRETS_FILE);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
