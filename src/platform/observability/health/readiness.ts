import { Injectable } from '@nestjs/common';
import {
  HealthCheckService,
  HealthIndicatorService,
  type HealthCheckResult,
  type HealthIndicatorResult,
} from '@nestjs/terminus';
import { LeaseConnection } from '../../database/connections.js';
import { withTimeout } from '../../../verification/in-time.js';
import { CacheValidity } from '../../../verification/cache/cache-validity.js';

/** How long the database may take. */
const TIMEOUT_MS = 1500;

/** For how long an answer of the database is good: however many ask, it is asked once in this time. */
const FRESH_MS = 500;

/** Names of migrations that this version has and the database hasn't; `null` when the database doesn't answer. */
type Missing = string[] | null;

/** Whether this instance may be sent requests: the database answers, its tables are of this version, and the lease is live. */
@Injectable()
export class Readiness {
  private asking: Promise<Missing> | null = null;
  private answer: Missing = null;
  private answeredAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly connection: LeaseConnection,
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly validity: CacheValidity,
  ) {}

  /** @throws {ServiceUnavailableException} with the same result, when a part is down or the server is being stopped */
  async check(): Promise<HealthCheckResult> {
    const missing = await this.missingMigrations();
    return this.health.check([
      () => this.indicate('database', missing !== null, 'It does not answer.'),
      () => this.indicate('migrations', missing?.length === 0, messageFor(missing)),
      () => this.indicate('lease', this.validity.holds(), 'It has run out.'),
    ]);
  }

  private indicate(name: string, isUp: boolean, message: string): HealthIndicatorResult {
    const indicator = this.indicators.check(name);
    return isUp ? indicator.up() : indicator.down({ message });
  }

  /** A question that the database hasn't answered yet is not put to it again. */
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

const messageFor = (missing: Missing): string =>
  missing === null ? 'The database does not answer.' : `They are missing: ${missing.join(', ')}.`;
