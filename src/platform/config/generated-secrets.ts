import { randomBytes, randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { CANNOT_LINK, createLastingFolder, syncFileSync, syncFolderSync } from '../runtime/lasting-folder.js';
import { ConfigError } from './config-error.js';
import { SECRET_LENGTH } from './secret-strength.js';

const FOLDER = 'data';
export const SECRETS_FILE = `${FOLDER}/secrets.json`;

const INSTEAD = 'Put it back from a backup, or set the secrets in the environment.';

/**
 * Returns the secrets of a server that has none in its environment: generated at the first start and stored in `data/secrets.json` (mode 0600).
 * Processes that start at the same time get the same secrets.
 *
 * @param names the secrets that the environment lacks
 * @throws {ConfigError} when the file cannot be read or written, or lacks one of them
 */
export function loadGeneratedSecrets(names: readonly string[]): Record<string, string> {
  const secrets = readSecretsFile() ?? create();
  const broken = names.filter((name) => !isSecret(secrets[name]));
  if (broken.length > 0)
    throw new ConfigError(
      `${resolve(SECRETS_FILE)} is broken: ${broken.join(', ')} must be there, with ${SECRET_LENGTH} characters or more. ${INSTEAD}`,
    );
  return secrets;
}

const isSecret = (value: unknown): boolean => typeof value === 'string' && value.length >= SECRET_LENGTH;

/**
 * Reads the stored secrets, if there are any. No message shows a part of the file.
 *
 * @throws {ConfigError} when the file cannot be read, or does not hold an object
 */
export function readSecretsFile(): Record<string, string> | undefined {
  let text;
  try {
    text = readFileSync(SECRETS_FILE, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw new ConfigError(`${resolve(SECRETS_FILE)} cannot be read (${message}). ${INSTEAD}`);
  }
  const secrets = parseObject(text);
  if (!secrets) throw new ConfigError(`${resolve(SECRETS_FILE)} is broken: it is not a JSON object. ${INSTEAD}`);
  return secrets;
}

function parseObject(text: string): Record<string, string> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, string> | null) : null;
  } catch {
    return null;
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

function create(): Record<string, string> {
  try {
    return storeSecrets(generateSecrets());
  } catch (error) {
    const { syscall, message } = error as NodeJS.ErrnoException;
    if (syscall === undefined) throw error;
    throw new ConfigError(
      `Keywright cannot store its secrets in ${resolve(SECRETS_FILE)} (${message}). Let the user who runs it write that folder, run it in another ` +
        'one, or set JWT_SECRET, KEY_PEPPERS and ENCRYPTION_KEYS.',
    );
  }
}

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
