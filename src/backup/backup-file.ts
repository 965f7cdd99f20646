import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { link, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { Transform, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createGunzip, createGzip } from 'node:zlib';
import { syncFile, syncFolder } from '../platform/runtime/durable-files.js';
import { CANNOT_LINK } from '../platform/runtime/lasting-folder.js';
import { BackupError } from './backup-error.js';
import { formatManifest, parseManifest, type Manifest } from './manifest.js';

type Content = Manifest['content'];

/** The size and the hash of a file. */
export async function measure(path: string): Promise<Content> {
  const meter = new Meter();
  await pipeline(createReadStream(path), meter, new Writable({ write: (_chunk, _encoding, done) => done() }));
  return meter.content;
}

/**
 * Writes a backup: the manifest as a line of JSON, then the database file, compressed by gzip. It is at its path once it is complete and on the disk.
 *
 * @throws {BackupError} when there is such a file, unless it may be replaced
 */
export async function writeBackup(
  path: string,
  manifest: Manifest,
  database: string,
  mayReplace: boolean,
): Promise<void> {
  const draft = `${path}.${randomUUID()}.partial`;
  try {
    const output = createWriteStream(draft, { flags: 'wx', mode: 0o600 });
    output.write(formatManifest(manifest));
    await pipeline(createReadStream(database), createGzip({ level: constants.Z_BEST_SPEED }), output);
    await publish(draft, path, mayReplace);
  } finally {
    await rm(draft, { force: true });
  }
}

/**
 * Gives a complete file its name, and makes both outlive a power loss.
 *
 * @throws {BackupError} when there is such a file, unless it may be replaced
 */
export async function publish(draft: string, path: string, mayReplace: boolean): Promise<void> {
  await syncFile(draft);
  if (mayReplace) await rename(draft, path);
  else
    await link(draft, path).catch(async (error: unknown) => {
      await assertAbsent(path);
      // Not every file system has hard links. Without them, a file that is created meanwhile is replaced.
      if (!CANNOT_LINK.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
      await rename(draft, path);
    });
  await rm(draft, { force: true });
  await syncFolder(dirname(path));
}

/** @throws {BackupError} when there is no folder that the file could be in */
export async function assertFolder(path: string): Promise<void> {
  const folder = dirname(path);
  if (!(await stat(folder).catch(() => null))?.isDirectory()) throw new BackupError(`There is no folder ${folder}.`);
}

/** @throws {BackupError} when there is such a file */
export async function assertAbsent(path: string): Promise<void> {
  if (await stat(path).catch(() => null)) throw alreadyExists(path);
}

const alreadyExists = (path: string): BackupError =>
  new BackupError(`${path} already exists. Choose another name, or add --force to replace it.`);

/** @throws {BackupError} when the file is not a backup, or one of a newer version */
export async function readManifest(path: string): Promise<Manifest> {
  const found = await stat(path).catch(() => null);
  if (!found?.isFile()) throw new BackupError(`There is no backup at ${path}.`);
  const lines = createInterface({ input: createReadStream(path) });
  for await (const line of lines) {
    lines.close();
    return parseManifest(path, line);
  }
  throw new BackupError(`${path} is not a backup of Keywright.`);
}

/**
 * Writes the database file of a backup to another path.
 *
 * @throws {BackupError} when the backup is truncated or damaged
 */
export async function extractDatabase(path: string, { content }: Manifest, target: string): Promise<void> {
  const meter = new Meter();
  try {
    const output = createWriteStream(target, { flags: 'wx', mode: 0o600 });
    await pipeline(createReadStream(path), skipLine(), createGunzip(), meter, output);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    throw code.startsWith('Z_') ? isDamaged(path) : error;
  }
  if (meter.content.size !== content.size || meter.content.sha256 !== content.sha256) throw isDamaged(path);
}

const isDamaged = (path: string): BackupError =>
  new BackupError(`${path} is truncated or damaged: its content is not the one that its manifest names.`);

/** Passes everything on, and counts and hashes it. */
class Meter extends Transform {
  private readonly hash = createHash('sha256');
  private size = 0;

  get content(): Content {
    return { size: this.size, sha256: this.hash.copy().digest('hex') };
  }

  override _transform(chunk: Buffer, _: BufferEncoding, done: (error: null, chunk: Buffer) => void): void {
    this.size += chunk.length;
    this.hash.update(chunk);
    done(null, chunk);
  }
}

/** Passes on what follows the first line. */
function skipLine(): Transform {
  let isSkipped = false;
  return new Transform({
    transform(chunk: Buffer, _, done) {
      const end = isSkipped ? -1 : chunk.indexOf('\n');
      const rest = isSkipped ? chunk : chunk.subarray(end + 1);
      const isWithin = !isSkipped && end < 0;
      isSkipped ||= end >= 0;
      done(null, isWithin ? undefined : rest);
    },
  });
}
