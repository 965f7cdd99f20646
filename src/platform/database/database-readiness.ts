import { Injectable } from '@nestjs/common';
import { ReadinessChecks } from '../observability/health/readiness-checks.js';
import { LeaseConnection } from './connections.js';
import { isReadOnly } from './engine-errors.js';
import { isSqlite } from './engine-sql.js';
import { withTimeout } from './with-timeout.js';

/** How long the database may take to answer. */
const TIMEOUT_MS = 1500;

/** How long an answer of the database is reused, so that frequent checks don't become frequent statements. */
const FRESH_MS = 500;

const NO_ANSWER = 'The database does not answer.';

interface Answer {
  /** Names of migrations that this version has and the database doesn't. */
  missing: string[];
  acceptsWrites: boolean;
}

/** Checks that the database answers and accepts writes, and that its schema is of this version. */
@Injectable()
export class DatabaseReadiness {
  private asking: Promise<Answer | null> | null = null;
  /** `null` when the database does not answer. */
  private answer: Answer | null = null;
  private answeredAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly connection: LeaseConnection,
    checks: ReadinessChecks,
  ) {
    checks.add(
      {
        name: 'database',
        findProblem: async () => {
          const answer = await this.read();
          if (answer === null) return NO_ANSWER;
          return answer.acceptsWrites
            ? null
            : 'The database does not accept writes: it is read-only or its disk is full.';
        },
      },
      {
        name: 'migrations',
        findProblem: async () => {
          const answer = await this.read();
          if (answer === null) return NO_ANSWER;
          return answer.missing.length === 0 ? null : `Migrations are missing: ${answer.missing.join(', ')}.`;
        },
      },
    );
  }

  /** One question at a time: a database that hasn't answered yet isn't asked again. */
  private async read(): Promise<Answer | null> {
    if (performance.now() - this.answeredAtMs < FRESH_MS) return this.answer;
    this.asking ??= this.ask();
    return withTimeout(this.asking, TIMEOUT_MS).catch(() => null);
  }

  private async ask(): Promise<Answer | null> {
    const { manager } = this.connection;
    const { migrations, options } = manager.dataSource;
    try {
      const rows = await manager.query<{ name: string }[]>(`SELECT name FROM ${options.migrationsTableName}`);
      const done = new Set(rows.map(({ name }) => name));
      const names = migrations.map(({ name, constructor }) => name ?? constructor.name);
      this.answer = { missing: names.filter((name) => !done.has(name)), acceptsWrites: await this.acceptsWrites() };
    } catch {
      this.answer = null;
    }
    this.answeredAtMs = performance.now();
    this.asking = null;
    return this.answer;
  }

  /** Tries a change that changes no row; a server that is read-only refuses it all the same. */
  private async acceptsWrites(): Promise<boolean> {
    const { manager } = this.connection;
    if (isSqlite(manager)) return true;
    try {
      await manager.query(`UPDATE ${manager.dataSource.options.migrationsTableName} SET id = id WHERE 1 = 0`);
      return true;
    } catch (error) {
      if (isReadOnly(error)) return false;
      throw error;
    }
  }
}
