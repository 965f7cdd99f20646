import { randomUUID } from 'node:crypto';
import { open, rm, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder } from '../../platform/runtime/durable-files.js';
import { createLastingFolder } from '../../platform/runtime/lasting-folder.js';
import { formatHeader, type JournalHeader } from './journal-header.js';
import { SUFFIX } from './journal-reader.js';

/** A file of a journal that this process writes. */
export class JournalFile {
  private constructor(
    readonly path: string,
    private readonly handle: FileHandle,
    private readonly inode: number,
    /** In bytes. Everything before is on the disk. */
    public size: number,
  ) {}

  /** Creates a file with its first line. Its name tells when it was begun. */
  static async create(folder: string, header: JournalHeader): Promise<JournalFile> {
    if (!(await stat(folder).catch(() => null))) createLastingFolder(folder);
    const name = `${header.startedAt.replaceAll(/[-:.]/g, '')}-${randomUUID()}${SUFFIX}`;
    const path = join(folder, name);
    const handle = await open(path, 'wx', 0o600);
    try {
      const { ino } = await handle.stat();
      const file = new JournalFile(path, handle, ino, 0);
      await file.append(formatHeader(header));
      await syncFolder(folder);
      return file;
    } catch (error) {
      await handle.close();
      // On a full disk, each attempt would leave an empty file.
      await rm(path, { force: true });
      throw error;
    }
  }

  /** Adds lines, which are on the disk when the call returns. After a failure, {@link repair} must succeed first. */
  async append(lines: string): Promise<void> {
    const bytes = Buffer.from(lines);
    for (let written = 0; written < bytes.length;)
      written += (await this.handle.write(bytes, written, bytes.length - written, this.size + written)).bytesWritten;
    await this.handle.datasync();
    this.size += bytes.length;
  }

  /** Removes what a failed call has left. @returns whether the file can be used again */
  repair(): Promise<boolean> {
    return this.handle.truncate(this.size).then(
      () => true,
      () => false,
    );
  }

  /** Whether the file is still the one at its path. Another process may have merged it into another file. */
  async isInPlace(): Promise<boolean> {
    return stat(this.path).then(
      ({ ino }) => ino === this.inode,
      () => false,
    );
  }

  close(): Promise<void> {
    return this.handle.close().catch(() => undefined);
  }
}
