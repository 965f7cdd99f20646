import { Logger } from '@nestjs/common';
import { errorMessage } from '../../platform/runtime/error-message.js';
import { JournalFile } from './journal-file.js';
import type { JournalHeader } from './journal-header.js';

/** The size from which on a new file is begun, in bytes. */
const FILE_SIZE_MAX = 8 * 1024 * 1024;

/** Writes the lines of this process. Lines that come together share a sync of the disk; one that cannot be written is kept for the next attempt. */
export class JournalWriter {
  /** Why lines could not be written at the latest attempt, in a sentence; `null` if they could. */
  problem: string | null = null;
  private readonly logger = new Logger('Keywright');
  private file: JournalFile | null = null;
  private pending: string[] = [];
  private current: Promise<void> = Promise.resolve();
  private next: Promise<void> | null = null;
  private isOverfull = false;

  /**
   * @param createHeader returns the first line of a new file
   * @param rotated is called when a file was full and another one has been begun
   */
  constructor(
    private readonly folder: string,
    private readonly createHeader: () => Promise<JournalHeader>,
    private readonly rotated: () => void,
  ) {}

  get isWaiting(): boolean {
    return this.pending.length > 0;
  }

  /** The file that is being written; `null` if none is. */
  get path(): string | null {
    return this.file?.path ?? null;
  }

  add(line: string): void {
    this.pending.push(line);
  }

  /** Begins a new file, so that a folder that cannot be written is found before there is anything to write. */
  async open(): Promise<JournalFile> {
    return (this.file = await JournalFile.create(this.folder, await this.createHeader()));
  }

  /** Resolves when all lines that there are at the call are on the disk. */
  flush(): Promise<void> {
    this.next ??= this.current
      .catch(() => undefined)
      .then(() => {
        this.current = this.next ?? this.current;
        this.next = null;
        return this.writePending();
      });
    return this.next;
  }

  async close(): Promise<void> {
    await this.flush().catch(() => undefined);
    await this.file?.close();
    this.file = null;
  }

  private async writePending(): Promise<void> {
    const count = this.pending.length;
    if (count === 0) return;
    try {
      await this.append(this.pending.slice(0, count).join(''));
    } catch (error) {
      this.fail(error);
      await this.abandonUnlessRepaired();
      throw error;
    }
    this.pending.splice(0, count);
    if (this.problem !== null) this.logger.warn('The revocation journal can be written again.');
    this.problem = null;
    if ((this.file?.size ?? 0) > FILE_SIZE_MAX) await this.rotate();
  }

  /** Another process may have taken the file away to merge it, without the latest lines: they are written once more, into another file. */
  private async append(lines: string): Promise<void> {
    let file = this.file ?? (await this.open());
    await file.append(lines);
    while (!(await file.isInPlace())) {
      await file.close();
      file = await this.open();
      await file.append(lines);
    }
  }

  /** A line that was half written would make the file unreadable. If it cannot be removed, the next lines go into another file. */
  private async abandonUnlessRepaired(): Promise<void> {
    if (await this.file?.repair()) return;
    await this.file?.close();
    this.file = null;
  }

  private fail(error: unknown): void {
    const { code = errorMessage(error) } = error as NodeJS.ErrnoException;
    if (this.problem === null) this.logger.error(`The revocation journal cannot be written: ${errorMessage(error)}`);
    this.problem = `The revocation journal cannot be written (${code}).`;
  }

  /** While no other file can be begun, lines go on into the full one. */
  private async rotate(): Promise<void> {
    const full = this.file;
    try {
      await this.open();
    } catch (error) {
      if (!this.isOverfull)
        this.logger.warn(`No other file of the revocation journal can be begun: ${errorMessage(error)}`);
      this.isOverfull = true;
      return;
    }
    this.isOverfull = false;
    await full?.close();
    this.rotated();
  }
}
