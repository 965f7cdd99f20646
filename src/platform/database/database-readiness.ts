import { Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { ReadinessChecks } from '../observability/health/readiness-checks.js';
import { engineCode, isReadOnly } from './engine-errors.js';
import { PriorityConnections } from './priority-connections.js';
import { describeDisorder, isOutOfOrder } from './sqlite/out-of-order.js';
import { SqliteDataSource } from './sqlite/sqlite-data-source.js';
import { withTimeout } from './with-timeout.js';

/** How long the database may take to answer. */
const TIMEOUT_MS = 1500;

/** How long an answer of the database is reused, so that frequent checks don't become frequent statements. */
const FRESH_MS = 500;

interface Answer {
  /** What is wrong with the database, in a sentence. */
  problem: string | null;
  /** Names of migrations that this version has and the database doesn't; `null` when it is unknown. */
  missing: string[] | null;
}

const NO_ANSWER: Answer = { problem: 'The database does not answer.', missing: null };

/** Checks that the database answers and takes changes, and that its schema is of this version. */
@Injectable()
export class DatabaseReadiness {
  private asking: Promise<Answer> | null = null;
  private answer = NO_ANSWER;
  private answeredAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly connections: PriorityConnections,
    checks: ReadinessChecks,
  ) {
    checks.add(
      {
        name: 'database',
        findProblem: async () => (await this.look()).problem,
      },
      {
        name: 'migrations',
        findProblem: async () => {
          const { problem, missing } = await this.look();
          if (missing === null) return problem;
          return missing.length === 0 ? null : `Migrations are missing: ${missing.join(', ')}.`;
        },
      },
    );
  }

  /** One question at a time: a database that hasn't answered yet isn't asked again. */
  private async look(): Promise<Answer> {
    if (performance.now() - this.answeredAtMs < FRESH_MS) return this.answer;
    this.asking ??= this.ask();
    return withTimeout(this.asking, TIMEOUT_MS).catch(() => NO_ANSWER);
  }

  private async ask(): Promise<Answer> {
    const { manager } = this.connections;
    const { dataSource } = manager;
    const { migrations, options } = dataSource;
    try {
      const rows = await manager.query<{ name: string }[]>(`SELECT name FROM ${options.migrationsTableName}`);
      const done = new Set(rows.map(({ name }) => name));
      const names = migrations.map(({ name, constructor }) => name ?? constructor.name);
      const problem = await this.findProblem(dataSource);
      this.answer = { problem, missing: names.filter((name) => !done.has(name)) };
    } catch (error) {
      const code = engineCode(error);
      this.answer = isOutOfOrder(code) ? { problem: describeDisorder(code), missing: null } : NO_ANSWER;
    }
    this.answeredAtMs = performance.now();
    this.asking = null;
    return this.answer;
  }

  private async findProblem(source: DataSource): Promise<string | null> {
    if (source instanceof SqliteDataSource) return source.findProblem();
    try {
      // It changes no row; a server that is read-only refuses it all the same.
      await source.query(`UPDATE ${source.options.migrationsTableName} SET id = id WHERE 1 = 0`);
      return null;
    } catch (error) {
      if (isReadOnly(error)) return 'The database does not accept writes: it is read-only or its disk is full.';
      throw error;
    }
  }
}
