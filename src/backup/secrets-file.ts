import { createCipheriv, createDecipheriv, randomBytes, scrypt, type ScryptOptions } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { BackupError } from './backup-error.js';
import { publish } from './backup-file.js';

const FORMAT = 'keywright-secrets';
const VERSION = 1;

/** Takes about half a second and 128 MiB for each passphrase that is tried. */
const COST = { N: 2 ** 17, r: 8, p: 1 };

const PASSPHRASE_MIN = 12;

const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);

/** The secrets of a server's environment, by the names of their variables. */
export type Secrets = Record<'JWT_SECRET' | 'KEY_PEPPERS' | 'ENCRYPTION_KEYS', string>;

/** @throws {BackupError} when there is such a file, unless it may be replaced */
export async function writeSecrets(
  path: string,
  database: string,
  secrets: Secrets,
  passphrase: string,
  mayReplace: boolean,
): Promise<void> {
  const salt = randomBytes(16);
  const iv = randomBytes(12);
  const head = { format: FORMAT, version: VERSION, database, kdf: { name: 'scrypt', ...COST } };
  const cipher = createCipheriv('aes-256-gcm', await keyOf(passphrase, salt), iv).setAAD(aadOf(head));
  const data = Buffer.concat([cipher.update(JSON.stringify(secrets)), cipher.final()]);
  const text = { ...head, salt: base64(salt), iv: base64(iv), tag: base64(cipher.getAuthTag()), data: base64(data) };
  const draft = `${path}.${base64url(randomBytes(9))}.partial`;
  try {
    await writeFile(draft, `${JSON.stringify(text)}\n`, { mode: 0o600, flag: 'wx' });
    await publish(draft, path, mayReplace);
  } finally {
    await rm(draft, { force: true });
  }
}

/**
 * @param database the id of the database that the secrets must belong to
 * @throws {BackupError} when the file is damaged, belongs to another database, or the passphrase is wrong
 */
export async function readSecrets(path: string, database: string, passphrase: string): Promise<Secrets> {
  const { salt, iv, tag, data, ...head } = parse(await readFile(path, 'utf8'));
  if (head.format !== FORMAT) throw new BackupError(`${path} does not hold the secrets of a backup.`);
  if (head.version !== VERSION) throw new BackupError(`${path} was written by a newer version of Keywright.`);
  if (head.database !== database) throw new BackupError(`The secrets in ${path} are those of another database.`);
  try {
    const key = await keyOf(passphrase, bytes(salt));
    const decipher = createDecipheriv('aes-256-gcm', key, bytes(iv)).setAAD(aadOf(head)).setAuthTag(bytes(tag));
    const text = Buffer.concat([decipher.update(bytes(data)), decipher.final()]).toString();
    return JSON.parse(text) as Secrets;
  } catch {
    throw new BackupError(`The passphrase is wrong, or ${path} is damaged.`);
  }
}

/**
 * Reads the passphrase from a file, or else from KEYWRIGHT_BACKUP_PASSPHRASE: on a command line, others could read it.
 *
 * @returns `null` if there is none
 * @throws {BackupError} when it is too short, also when the file is empty
 */
export async function readPassphrase(file: string | undefined): Promise<string | null> {
  const given = file === undefined ? process.env.KEYWRIGHT_BACKUP_PASSPHRASE : await readFile(file, 'utf8');
  if (given === undefined || (given === '' && file === undefined)) return null;
  const passphrase = given.replace(/\r?\n$/, '');
  if (passphrase.length < PASSPHRASE_MIN)
    throw new BackupError(`The passphrase needs ${PASSPHRASE_MIN} characters or more.`);
  return passphrase;
}

const keyOf = (passphrase: string, salt: Buffer): Promise<Buffer> =>
  derive(passphrase, salt, 32, { ...COST, maxmem: 2 ** 28 });

const aadOf = (head: object): Buffer => Buffer.from(JSON.stringify(head));
const base64 = (value: Buffer): string => value.toString('base64');
const base64url = (value: Buffer): string => value.toString('base64url');
const bytes = (value: unknown): Buffer => Buffer.from(String(value), 'base64');

function parse(text: string): Record<string, unknown> {
  try {
    return { ...(JSON.parse(text) as object) };
  } catch {
    return {};
  }
}
