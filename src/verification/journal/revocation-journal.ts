import { randomUUID } from 'node:crypto';
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { IsNull, Not } from 'typeorm';
import { Config } from '../../platform/config/config.js';
import { ConfigError } from '../../platform/config/config-error.js';
import { DatabaseIdentity } from '../../platform/database/database-identity.entity.js';
import { PriorityConnections } from '../../platform/database/priority-connections.js';
import { unavailableError, withTimeout } from '../../platform/database/with-timeout.js';
import { ReadinessChecks } from '../../platform/observability/health/readiness-checks.js';
import { Clock, DAY_SECONDS } from '../../platform/runtime/clock.js';
import { errorMessage } from '../../platform/runtime/error-message.js';
import { KeyChange, KeyRevision } from '../key-change.entity.js';
import { OnSettle } from '../../platform/events/listening.js';
import { compact } from './compaction.js';
import { JournalFile } from './journal-file.js';
import { JournalError, listJournal, readHeader, readJournal } from './journal-reader.js';
import { formatLine, parseLine, type Revocation } from './revocation.js';
import { RevocationIndex } from './revocation-index.js';

/** The size from which on a new file is begun, in bytes. */
const FILE_SIZE_MAX = 8 * 1024 * 1024;

/** The number of files from which on they are merged. */
const FILES_MAX = 8;

const RETRY_EVERY_MS = 1000;

/**
 * The journal of what was taken away from keys, in a folder of its own beside the database: a restored backup gives none of it back. Each process
 * writes files of its own. A line is on the disk before the call that revokes returns.
 */
@Injectable()
export class RevocationJournal implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly folder: string | null;
  private readonly instance = randomUUID();
  private readonly logger = new Logger('Keywright');
  private origin: { database: string; revision: number } | null = null;
  private file: JournalFile | null = null;
  private pending: string[] = [];
  private current: Promise<void> = Promise.resolve();
  private next: Promise<void> | null = null;
  private problem: string | null = null;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly connections: PriorityConnections,
    checks: ReadinessChecks,
  ) {
    this.folder = config.revocationJournal;
    checks.add({ name: 'revocation_journal', findProblem: () => this.problem });
  }

  /** @throws {ConfigError} when the folder cannot be written, or when the database is older than what it holds */
  async onApplicationBootstrap(): Promise<void> {
    if (this.folder === null) return;
    try {
      await this.assertRestored();
      const { index, files, isTorn } = await this.read(this.folder);
      const { latest } = index;
      const { database, revision } = await this.readOrigin();
      if (latest > revision)
        throw new ConfigError(
          `The database is older than its revocation journal (revision ${revision} of ${latest} in ${this.folder}), as after a restore. ` +
            'Apply the journal first: keywright restore --apply-journal',
        );
      if (isTorn || files.length >= FILES_MAX) await this.merge(this.folder, database, files);
      await this.open();
      await this.addMissing(index);
    } catch (error) {
      if (error instanceof ConfigError) throw error;
      if (error instanceof JournalError) throw new ConfigError(error.message);
      if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
      throw new ConfigError(`Keywright cannot write the revocation journal to ${this.folder}: ${errorMessage(error)}`);
    }
    this.timer = setInterval(() => this.retry(), RETRY_EVERY_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.flush().catch(() => undefined);
    await this.file?.close();
    this.file = null;
  }

  /**
   * Writes what a transaction took away. Lines that come together share a sync of the disk. A line that cannot be written is kept and written
   * later; meanwhile every call that revokes fails, so that a repeated one is not answered before the line of the first one is on the disk.
   *
   * @throws {DomainError} `unavailable` when the lines are not on the disk in time
   */
  async write(revision: number, changes: Revocation[]): Promise<void> {
    if (this.folder === null) return;
    if (changes.length > 0) this.pending.push(formatLine(revision, this.clock.now().toISOString(), changes));
    if (this.pending.length === 0) return;
    await withTimeout(this.flush()).catch(() => {
      throw unavailableError();
    });
  }

  /** Resolves when no line waits to be written. */
  @OnSettle()
  async settle(): Promise<void> {
    await this.write(0, []);
  }

  /** Resolves when all lines that there are at the call are on the disk. */
  private flush(): Promise<void> {
    this.next ??= this.current
      .catch(() => undefined)
      .then(() => {
        this.current = this.next ?? this.current;
        this.next = null;
        return this.writePending();
      });
    return this.next;
  }

  private async writePending(): Promise<void> {
    const lines = this.pending.length;
    if (lines === 0) return;
    try {
      let file = this.file ?? (await this.open());
      await file.append(this.pending.slice(0, lines).join(''));
      while (!(await file.isInPlace())) {
        await file.close();
        file = await this.open();
        await file.append(this.pending.slice(0, lines).join(''));
      }
    } catch (error) {
      this.fail(error);
      await this.abandonUnlessRepaired();
      throw error;
    }
    this.pending.splice(0, lines);
    if (this.problem !== null) this.logger.warn('The revocation journal can be written again.');
    this.problem = null;
    if ((this.file?.size ?? 0) > FILE_SIZE_MAX) await this.rotate().catch((error: unknown) => this.fail(error));
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

  private retry(): void {
    if (this.pending.length > 0) this.flush().catch(() => undefined);
  }

  private async open(): Promise<JournalFile> {
    const { database, revision } = await this.readOrigin();
    const startedAt = this.clock.now().toISOString();
    const header = { database, instance: this.instance, startedAt, revision, forgotten: 0 };
    return (this.file = await JournalFile.create(this.folder ?? '', header));
  }

  /** Begins a new file, and merges the others once they are many. */
  private async rotate(): Promise<void> {
    const full = this.file;
    await this.open();
    await full?.close();
    const { database } = await this.readOrigin();
    const others = (await listJournal(this.folder ?? '')).filter((path) => path !== this.file?.path);
    const files: string[] = [];
    for (const path of others) if ((await readHeader(path))?.database === database) files.push(path);
    if (files.length >= FILES_MAX) await this.merge(this.folder ?? '', database, files);
  }

  private async merge(folder: string, database: string, files: string[]): Promise<void> {
    const days = this.config.REVOCATION_JOURNAL_KEPT_DAYS;
    const keptSince = days === 0 ? null : this.clock.in(-days * DAY_SECONDS);
    await compact({ folder, files, database, now: this.clock.now(), keptSince });
  }

  /** Reads the files of this database, and leaves those of others alone. */
  private async read(folder: string): Promise<{ index: RevocationIndex; files: string[]; isTorn: boolean }> {
    const { database } = await this.readOrigin();
    const index = new RevocationIndex();
    const files: string[] = [];
    let isTorn = false;
    for (const path of await listJournal(folder)) {
      const ofFile = new RevocationIndex();
      const read = await readJournal(path, (entry) => ofFile.add(entry));
      if (read.header !== null && read.header.database !== database) continue;
      files.push(path);
      isTorn ||= read.isTorn;
      for (const entry of ofFile.after(-1)) index.add(entry);
    }
    // Read after the files: what they hold was committed before it was written.
    this.origin = null;
    return { index, files, isTorn };
  }

  /** Adds what was committed by a process that ended before it had written it, here or on another machine. */
  private async addMissing(index: RevocationIndex): Promise<void> {
    const changes = await this.connections.manager.find(KeyChange, {
      where: { revocation: Not(IsNull()) },
      order: { revision: 'ASC' },
    });
    const lines = changes.map(({ revision, revocation, createdAtMs }) =>
      formatLine(revision, new Date(createdAtMs).toISOString(), [JSON.parse(revocation ?? '') as Revocation]),
    );
    const isMissing = (line: string): boolean => parseLine(line)?.some((entry) => !index.covers(entry)) ?? false;
    this.pending.push(...lines.filter(isMissing));
    await this.flush();
  }

  /** @throws {ConfigError} while a journal is being applied to the restored database, and when that was interrupted */
  private async assertRestored(): Promise<void> {
    const { restoredRevision } = await this.connections.manager.findOneByOrFail(DatabaseIdentity, { id: 1 });
    if (restoredRevision !== null)
      throw new ConfigError(
        'The restore of the database is not complete. Run keywright restore --apply-journal again.',
      );
  }

  private async readOrigin(): Promise<{ database: string; revision: number }> {
    const { manager } = this.connections;
    this.origin ??= {
      database: (await manager.findOneByOrFail(DatabaseIdentity, { id: 1 })).uuid,
      revision: (await manager.findOneByOrFail(KeyRevision, { id: 1 })).value,
    };
    return this.origin;
  }
}
