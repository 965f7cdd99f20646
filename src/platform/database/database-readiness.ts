import { Injectable } from '@nestjs/common';
import { ReadinessChecks } from '../observability/health/readiness-checks.js';
import { LeaseConnection } from './connections.js';
import { withTimeout } from './with-timeout.js';

/** How long the database may take to answer. */
const TIMEOUT_MS = 1500;

/** How long an answer of the database is reused, so that frequent checks don't become frequent statements. */
const FRESH_MS = 500;

/** Names of migrations that this version has and the database doesn't; `null` when the database doesn't answer. */
type Missing = string[] | null;

/** Checks that the database answers, and that its schema is of this version. */
@Injectable()
export class DatabaseReadiness {
  private asking: Promise<Missing> | null = null;
  private answer: Missing = null;
  private answeredAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly connection: LeaseConnection,
    checks: ReadinessChecks,
  ) {
    checks.add(
      {
        name: 'database',
        findProblem: async () => ((await this.missingMigrations()) === null ? 'The database does not answer.' : null),
      },
      {
        name: 'migrations',
        findProblem: async () => {
          const missing = await this.missingMigrations();
          if (missing === null) return 'The database does not answer.';
          return missing.length === 0 ? null : `Migrations are missing: ${missing.join(', ')}.`;
        },
      },
    );
  }

  /** One question at a time: a database that hasn't answered yet isn't asked again. */
  private async missingMigrations(): Promise<Missing> {
    if (performance.now() - this.answeredAtMs < FRESH_MS) return this.answer;
    this.asking ??= this.ask();
    return withTimeout(this.asking, TIMEOUT_MS).catch(() => null);
  }

  private async ask(): Promise<Missing> {
    const { manager } = this.connection;
    const { migrations, options } = manager.dataSource;
    try {
      const rows = await manager.query<{ name: string }[]>(`SELECT name FROM ${options.migrationsTableName}`);
      const done = new Set(rows.map(({ name }) => name));
      const names = migrations.map(({ name, constructor }) => name ?? constructor.name);
      this.answer = names.filter((name) => !done.has(name));
    } catch {
      this.answer = null;
    }
    this.answeredAtMs = performance.now();
    this.asking = null;
    return this.answer;
  }
}
