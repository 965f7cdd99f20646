import { randomUUID } from 'node:crypto';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { IsNull, Not } from 'typeorm';
import { Config } from '../../platform/config/config.js';
import { ConfigError } from '../../platform/config/config-error.js';
import { DatabaseIdentity } from '../../platform/database/database-identity.entity.js';
import { PriorityConnections } from '../../platform/database/priority-connections.js';
import { unavailableError, withTimeout } from '../../platform/database/with-timeout.js';
import { OnSettle } from '../../platform/events/listening.js';
import { ReadinessChecks } from '../../platform/observability/health/readiness-checks.js';
import { Clock, DAY_SECONDS } from '../../platform/runtime/clock.js';
import { BackgroundTask } from '../../platform/runtime/background-task.js';
import { errorMessage } from '../../platform/runtime/error-message.js';
import { KeyChange, KeyRevision } from '../key-change.entity.js';
import { compact } from './compaction.js';
import type { JournalHeader } from './journal-header.js';
import { JournalError } from './journal-reader.js';
import { JournalWriter } from './journal-writer.js';
import { findFiles, readFolder } from './own-folder.js';
import { formatLine, parseLine, type Revocation } from './revocation.js';
import type { RevocationIndex } from './revocation-index.js';
import { WaitingRows } from './waiting-rows.js';

/** The number of files from which on they are merged. */
const FILES_MAX = 8;

const RETRY_EVERY_MS = 1000;
const TIDY_EVERY_MS = 60_000;

/**
 * The journal of what was taken away from keys, in a folder of its own beside the database: a restored backup gives none of it back. Each process
 * writes files of its own. A line is on the disk before the call that revokes returns.
 */
@Injectable()
export class RevocationJournal implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly folder: string | null;
  private readonly writer: JournalWriter | null;
  private readonly instance = randomUUID();
  private origin: Pick<JournalHeader, 'database' | 'revision'> | null = null;
  private readonly waitingRows: WaitingRows;
  private readonly clearing: BackgroundTask;
  private readonly merging: BackgroundTask;
  private timers: NodeJS.Timeout[] = [];

  constructor(
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly connections: PriorityConnections,
    checks: ReadinessChecks,
  ) {
    const folder = config.revocationJournal;
    this.folder = folder;
    this.writer =
      folder === null
        ? null
        : new JournalWriter(
            folder,
            () => this.createHeader(),
            () => void this.merging.run(),
          );
    this.waitingRows = new WaitingRows(connections.manager);
    this.clearing = new BackgroundTask(
      () => this.waitingRows.clear(),
      'What is in the revocation journal cannot be marked in the database',
    );
    this.merging = new BackgroundTask(() => this.mergeOthers(), 'The files of the revocation journal cannot be merged');
    checks.add({ name: 'revocation_journal', findProblem: () => this.writer?.problem ?? null });
  }

  /** @throws {ConfigError} when the folder cannot be written, or when the database is older than what it holds */
  async onApplicationBootstrap(): Promise<void> {
    if (this.folder === null || !this.writer) return;
    try {
      await this.start(this.folder, this.writer);
    } catch (error) {
      if (error instanceof JournalError) throw new ConfigError(error.message);
      if (error instanceof ConfigError || (error as NodeJS.ErrnoException).syscall === undefined) throw error;
      throw new ConfigError(
        `Keywright cannot write the revocation journal to ${this.folder}: ${errorMessage(error)}. Let the user who runs Keywright write that folder, or ` +
          'name another one in REVOCATION_JOURNAL.',
      );
    }
    this.timers = [
      setInterval(() => this.retry(), RETRY_EVERY_MS).unref(),
      setInterval(() => this.tidy(), TIDY_EVERY_MS).unref(),
    ];
  }

  async onApplicationShutdown(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    await this.writer?.close();
    await Promise.all([this.merging.settled(), this.clearing.settled()]);
  }

  /**
   * Writes what a transaction took away. While a line cannot be written, every call that revokes fails, so that a repeated one is not answered
   * before the line of the first one is on the disk.
   *
   * @param first the first revision of the transaction
   * @param revision its last one
   * @throws {DomainError} `unavailable` when the lines are not on the disk in time
   */
  async write(first: number, revision: number, changes: Revocation[]): Promise<void> {
    if (changes.length > 0 && this.writer) {
      this.writer.add(formatLine(revision, this.clock.now().toISOString(), changes));
      this.waitingRows.add(first, revision);
    }
    await this.settle();
  }

  /** Resolves when no line waits to be written. */
  @OnSettle()
  async settle(): Promise<void> {
    if (!this.writer?.isWaiting) return;
    await withTimeout(this.writer.flush()).catch(() => {
      throw unavailableError();
    });
  }

  private retry(): void {
    if (this.writer?.isWaiting) this.writer.flush().catch(() => undefined);
  }

  /** Does what no revocation must wait for. */
  private tidy(): void {
    if (!this.writer?.isWaiting) void this.clearing.run();
    void this.merging.run();
  }

  private async start(folder: string, writer: JournalWriter): Promise<void> {
    const { manager } = this.connections;
    const { uuid: database, restoredRevision } = await manager.findOneByOrFail(DatabaseIdentity, { id: 1 });
    if (restoredRevision !== null)
      throw new ConfigError(
        'The restore of the database is not complete. Run keywright restore --apply-journal again.',
      );
    const { index, files, isTorn } = await readFolder(folder, database);
    // Read after the files: what they hold was committed before it was written.
    const { value: revision } = await manager.findOneByOrFail(KeyRevision, { id: 1 });
    if (index.latest > revision)
      throw new ConfigError(
        `The database is older than its revocation journal (revision ${revision} of ${index.latest} in ${folder}), as after a restore. ` +
          'Apply the journal first: keywright restore --apply-journal',
      );
    this.origin = { database, revision };
    if (isTorn || files.length >= FILES_MAX) await this.merge(folder, database, files);
    await writer.open();
    await this.addMissing(index, writer);
  }

  /** Adds what was committed by a process that ended before it had written it, here or on another machine. */
  private async addMissing(index: RevocationIndex, writer: JournalWriter): Promise<void> {
    const changes = await this.connections.manager.find(KeyChange, {
      where: { revocation: Not(IsNull()) },
      order: { revision: 'ASC' },
    });
    for (const { revision, revocation, createdAtMs } of changes) {
      const at = new Date(createdAtMs).toISOString();
      const line = formatLine(revision, at, [JSON.parse(revocation ?? '') as Revocation]);
      if (parseLine(line)?.some((entry) => !index.covers(entry))) writer.add(line);
      this.waitingRows.add(revision, revision);
    }
    await writer.flush();
  }

  private async createHeader(): Promise<JournalHeader> {
    const { manager } = this.connections;
    this.origin ??= {
      database: (await manager.findOneByOrFail(DatabaseIdentity, { id: 1 })).uuid,
      revision: (await manager.findOneByOrFail(KeyRevision, { id: 1 })).value,
    };
    return { ...this.origin, instance: this.instance, startedAt: this.clock.now().toISOString(), forgotten: 0 };
  }

  private async mergeOthers(): Promise<void> {
    if (this.folder === null || !this.writer) return;
    const { database } = await this.createHeader();
    const others = (await findFiles(this.folder, database)).filter((path) => path !== this.writer?.path);
    if (others.length >= FILES_MAX) await this.merge(this.folder, database, others);
  }

  private async merge(folder: string, database: string, files: string[]): Promise<void> {
    const days = this.config.REVOCATION_JOURNAL_KEPT_DAYS;
    const keptSince = days === 0 ? null : this.clock.in(-days * DAY_SECONDS);
    await compact({ folder, files, database, now: this.clock.now(), keptSince });
  }
}
