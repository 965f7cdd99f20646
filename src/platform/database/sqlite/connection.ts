import { statSync } from 'node:fs';
import Sqlite, { type Database, type Statement } from 'better-sqlite3';
import { OUT_OF_STEP, REPLACED, THREAD_ENDED } from './out-of-order.js';
import type {
  BackupRequest,
  FileIdentity,
  StatementRequest,
  ThreadData,
  ThreadReply,
  ThreadRequest,
} from './messages.js';

/** The longest time that a statement waits for the lock of another process. */
const BUSY_TIMEOUT_MS = 10_000;

/** How often it tries again. The thread waits in JavaScript, not in SQLite, because a process that ends waits for what its threads do. */
const TRY_EVERY_MS = 10;

/** The largest write-ahead log that is kept after a checkpoint, in bytes. */
const LOG_SIZE_MAX = 64 * 1024 * 1024;

/** After so many pages of 4 KiB the write-ahead log is copied into the database. Rarer copies, of which each is synced, make changes faster. */
const LOG_PAGES = 4000;

/** The writer's page cache in KiB, which holds what changes touch most: the upper pages of the indices. */
const CACHE_KIB = 16_000;

/** How often a reader looks whether its file is still in its place; the writer looks before each transaction. */
const LOOK_EVERY_MS = 100;

/** The pages of a backup that are copied at a time: all, because SQLite starts again when another connection writes in between. */
const BACKUP_PAGES = 0x7fff_ffff;

/** One connection to the database file, as its thread uses it. What an engine's layer believes of a transaction is compared with the engine's state. */
export class Connection {
  private database: Database | null = null;
  private identity: FileIdentity | null;
  private log: FileIdentity | null = null;
  private lookedAtMs = Number.NEGATIVE_INFINITY;
  private readonly texts: string[] = [];
  private prepared: (Statement | undefined)[] = [];
  private readonly areColumnsTold: boolean[] = [];

  constructor(private readonly options: ThreadData) {
    this.identity = options.identity;
  }

  async answer(request: ThreadRequest): Promise<ThreadReply> {
    try {
      if (this.isEnding) throw failure(THREAD_ENDED, 'The process is ending.');
      return { ...(await this.carryOut(request)), isInTransaction: this.isInTransaction };
    } catch (error) {
      const { code, message } = error as Error & { code?: string };
      return { error: { code, message }, isInTransaction: this.isInTransaction };
    }
  }

  private get isEnding(): boolean {
    return Atomics.load(this.options.ending, 0) !== 0;
  }

  private get isInTransaction(): boolean {
    return this.database?.inTransaction ?? false;
  }

  /** Answers at once, unless the request is a backup. */
  private carryOut(request: ThreadRequest): Partial<ThreadReply> | Promise<Partial<ThreadReply>> {
    switch (request.kind) {
      case 'statement':
        return this.execute(request);
      case 'open':
        this.open();
        return { identity: this.identity };
      case 'settle':
        this.settle();
        return {};
      case 'backup':
        return this.backUp(request);
      case 'close':
        this.close();
        return {};
    }
  }

  private execute({ slot, sql, parameters, isInTransaction }: StatementRequest): Partial<ThreadReply> {
    if (sql !== undefined) {
      this.texts[slot] = sql;
      this.prepared[slot] = undefined;
      this.areColumnsTold[slot] = false;
    }
    const database = this.open();
    if (database.inTransaction !== isInTransaction)
      throw failure(OUT_OF_STEP, `The transaction is ${database.inTransaction ? 'still open' : 'over'}.`);
    if (!isInTransaction) this.requireFile();
    const statement = (this.prepared[slot] ??= prepare(database, this.texts[slot] ?? ''));
    if (!statement.reader) {
      const { changes, lastInsertRowid } = this.waitForLock(() => statement.run(...parameters));
      return { changes, lastInsertRowid };
    }
    const rows = this.waitForLock(() => statement.all(...parameters)) as unknown[][];
    if (this.areColumnsTold[slot]) return { rows };
    this.areColumnsTold[slot] = true;
    return { rows, columns: statement.columns().map(({ name }) => name) };
  }

  private waitForLock<T>(execute: () => T): T {
    const endMs = performance.now() + BUSY_TIMEOUT_MS;
    for (;;)
      try {
        return execute();
      } catch (error) {
        if ((error as { code?: string }).code !== 'SQLITE_BUSY' || performance.now() > endMs) throw error;
        Atomics.wait(this.options.ending, 0, 0, TRY_EVERY_MS);
        if (this.isEnding) throw error;
      }
  }

  private open(): Database {
    if (this.database) return this.database;
    const { file, role } = this.options;
    const isNew = this.identity === null;
    const before = identify(file);
    const database = new Sqlite(file, { timeout: BUSY_TIMEOUT_MS, fileMustExist: !isNew });
    try {
      if (!isNew) this.requireFile(true);
      database.pragma('journal_mode = WAL');
      // A commit is on the disk when it returns. The next two lines say so to macOS, whose fsync returns before.
      database.pragma('synchronous = FULL');
      database.pragma('fullfsync = ON');
      database.pragma('checkpoint_fullfsync = ON');
      database.pragma('foreign_keys = ON');
      database.pragma(`journal_size_limit = ${LOG_SIZE_MAX}`);
      database.pragma(`wal_autocheckpoint = ${LOG_PAGES}`);
      if (role === 'writer') database.pragma(`cache_size = -${CACHE_KIB}`);
      if (role === 'reader') database.pragma('query_only = ON');
      database.pragma('busy_timeout = 1');
      this.identity ??= before ?? identify(file);
      // The file may have been replaced while this connection waited for its lock.
      this.requireFile(true);
    } catch (error) {
      database.close();
      throw error;
    }
    this.database = database;
    return database;
  }

  /** @throws when the file has been removed or replaced: what is written into it would be lost, and what is read from it may be outdated */
  private requireFile(isDue = this.options.role === 'writer'): void {
    if (!isDue && performance.now() - this.lookedAtMs < LOOK_EVERY_MS) return;
    const { identity } = this;
    const found = identify(this.options.file);
    if (identity && !isSame(found, identity))
      throw failure(REPLACED, `The database file ${found ? 'has been replaced' : 'is gone'}: ${this.options.file}`);
    // It exists from the first change on, for as long as any connection is open.
    const log = identify(`${this.options.file}-wal`);
    if (this.log && !isSame(log, this.log))
      throw failure(
        REPLACED,
        `The log of the database ${log ? 'has been replaced' : 'is gone'}: ${this.options.file}-wal`,
      );
    this.log = log;
    this.lookedAtMs = performance.now();
  }

  private settle(): void {
    try {
      if (this.database?.inTransaction) this.database.exec('ROLLBACK');
    } catch {
      // The state decides.
    }
    if (this.database?.inTransaction) this.close();
  }

  private async backUp({ target }: BackupRequest): Promise<Partial<ThreadReply>> {
    const database = this.open();
    this.requireFile(true);
    await database.backup(target, { progress: () => BACKUP_PAGES });
    return {};
  }

  private close(): void {
    this.prepared = [];
    this.log = null;
    this.database?.close();
    this.database = null;
  }
}

function prepare(database: Database, sql: string): Statement {
  const statement = database.prepare(sql);
  return statement.reader ? statement.raw() : statement;
}

function identify(file: string): FileIdentity | null {
  const found = statSync(file, { throwIfNoEntry: false });
  return found ? { device: found.dev, inode: found.ino } : null;
}

const isSame = (found: FileIdentity | null, other: FileIdentity): boolean =>
  found?.inode === other.inode && found.device === other.device;

const failure = (code: string, message: string): Error => Object.assign(new Error(message), { code });
