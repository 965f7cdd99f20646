import { copyFileSync, existsSync, linkSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import Sqlite, { type Database } from 'better-sqlite3';
import { syncFileSync, syncFolderSync } from '../../runtime/lasting-folder.js';

/** The write-ahead log and the shared memory beside a database file. */
const COMPANIONS = ['-wal', '-shm'];

/** Another process has the file open. */
export class FileInUse extends Error {}

/** A database file that no other process can open meanwhile, so that it can be replaced. It blocks the thread that calls it. */
export class ExclusiveFile {
  private constructor(
    private readonly path: string,
    /** `null` if the file is damaged. */
    private readonly database: Database | null,
  ) {}

  /** @throws {FileInUse} */
  static open(path: string): ExclusiveFile {
    const database = new Sqlite(path, { fileMustExist: true, timeout: 0 });
    try {
      database.pragma('locking_mode = EXCLUSIVE');
      database.exec('BEGIN EXCLUSIVE; COMMIT');
      return new ExclusiveFile(path, database);
    } catch (error) {
      database.close();
      const { code = '' } = error as { code?: string };
      if (code.startsWith('SQLITE_BUSY')) throw new FileInUse(path);
      if (!/^SQLITE_(NOTADB|CORRUPT)/.test(code)) throw error;
      return new ExclusiveFile(path, null);
    }
  }

  get isDamaged(): boolean {
    return this.database === null;
  }

  query<T>(sql: string, ...parameters: unknown[]): T[] {
    if (!this.database) throw new Error('The database is damaged.');
    const statement = this.database.prepare<unknown[], T>(sql);
    if (statement.reader) return statement.all(...parameters);
    statement.run(...parameters);
    return [];
  }

  /**
   * Puts another file in the place of this one, which gets another name. If the process is killed meanwhile, one of the two is there, complete.
   *
   * @param keptAs the other name
   */
  replaceBy(draft: string, keptAs: string): void {
    // The log would be taken for the new file's. What is in it goes into the old file, or along with it if that is damaged.
    this.database?.pragma('wal_checkpoint(TRUNCATE)');
    if (this.database) for (const ending of COMPANIONS) rmSync(this.path + ending, { force: true });
    else moveCompanions(this.path, keptAs);
    try {
      linkSync(this.path, keptAs);
    } catch {
      copyFileSync(this.path, keptAs);
      syncFileSync(keptAs);
    }
    replaceFile(draft, this.path);
  }

  close(): void {
    this.database?.close();
  }
}

/** Puts a database file where there is none. What is left there of another one gets another name. */
export function placeFile(draft: string, path: string, keptAs: string): void {
  moveCompanions(path, keptAs);
  replaceFile(draft, path);
}

function moveCompanions(path: string, keptAs: string): void {
  for (const ending of COMPANIONS) if (existsSync(path + ending)) renameSync(path + ending, keptAs + ending);
}

function replaceFile(draft: string, path: string): void {
  syncFileSync(draft);
  renameSync(draft, path);
  syncFolderSync(dirname(path));
}
