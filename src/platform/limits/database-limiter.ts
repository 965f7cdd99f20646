import { RateLimiterMemory, RateLimiterRes, type RateLimiterAbstract } from 'rate-limiter-flexible';
import type { EntityManager } from 'typeorm';
import { isSqlite, onDuplicate } from '../database/engine-sql.js';
import type { Clock } from '../runtime/clock.js';

/** What limits need of a limiter, wherever it counts. `consume` rejects with a {@link RateLimiterRes} when the limit has been reached. */
export type Counter = Pick<RateLimiterAbstract, 'points' | 'consume' | 'reward' | 'get'>;

/** A row of `rate_count`. */
interface Count {
  points: number;
  expiresAt: number;
}

/**
 * Counts in the database, so that all instances count together and a restart forgets nothing. Each count is one statement, and a refusal a
 * second one. While the database does not answer, the process counts by itself.
 */
export class DatabaseLimiter implements Counter {
  private readonly insurance: RateLimiterMemory;

  /** @param seconds the length of a window */
  constructor(
    private readonly manager: EntityManager,
    private readonly clock: Clock,
    readonly points: number,
    private readonly seconds: number,
  ) {
    this.insurance = new RateLimiterMemory({ points, duration: seconds, keyPrefix: '' });
  }

  /** @param options the length of the window if this begins one, in seconds */
  async consume(id: string, cost = 1, options: { customDuration?: number } = {}): Promise<RateLimiterRes> {
    const durationMs = (options.customDuration ?? this.seconds) * 1000;
    let state;
    try {
      state = await this.add(id, cost, durationMs);
    } catch {
      return this.insurance.consume(id, cost, options);
    }
    // Not an error, but how the library's own limiters refuse.
    // eslint-disable-next-line @typescript-eslint/only-throw-error
    if (state.consumedPoints > this.points) throw state;
    return state;
  }

  async reward(id: string, points = 1): Promise<RateLimiterRes> {
    try {
      const statement = 'UPDATE rate_count SET points = points - ? WHERE id = ? AND points >= ? AND expires_at > ?';
      await this.query(statement, [points, id, points, this.clock.nowMs()]);
      return new RateLimiterRes();
    } catch {
      return this.insurance.reward(id, points);
    }
  }

  async get(id: string): Promise<RateLimiterRes | null> {
    try {
      const count = await this.read(id);
      return count && this.describe(count);
    } catch {
      return this.insurance.get(id);
    }
  }

  private async add(id: string, cost: number, durationMs: number): Promise<RateLimiterRes> {
    const nowMs = this.clock.nowMs();
    const fresh = { points: cost, expiresAt: nowMs + durationMs };
    // MySQL sets the columns in this order, so that both see the end of the old window.
    const changed = onDuplicate(this.manager, ['points', 'expires_at'], (column, inserted) => {
      const kept = column === 'points' ? `rate_count.points + ${inserted}` : 'rate_count.expires_at';
      const value = `CASE WHEN rate_count.expires_at <= ${nowMs} THEN ${inserted} ELSE ${kept} END`;
      return column === 'points' && !isSqlite(this.manager) ? `LAST_INSERT_ID(${value})` : value;
    });
    const statement = `INSERT INTO rate_count (id, points, expires_at) VALUES (?, ?, ?) ${changed}`;
    const parameters = [id, fresh.points, fresh.expiresAt];
    if (isSqlite(this.manager)) {
      const returned = 'RETURNING points, expires_at AS expiresAt';
      const [row] = await this.query<Count[]>(`${statement} ${returned}`, parameters);
      return this.describe(row ?? fresh);
    }
    const { insertId } = await this.query<{ insertId: number }>(statement, parameters);
    const points = insertId === 0 ? cost : insertId;
    // Only a refusal says when the window ends.
    const count = points > this.points ? await this.read(id) : null;
    return this.describe({ points, expiresAt: count?.expiresAt ?? fresh.expiresAt });
  }

  private async read(id: string): Promise<Count | null> {
    const statement = 'SELECT points, expires_at AS expiresAt FROM rate_count WHERE id = ? AND expires_at > ?';
    // MySQL and MariaDB return 64-bit numbers as text.
    const [row] = await this.query<(Pick<Count, 'points'> & { expiresAt: unknown })[]>(statement, [
      id,
      this.clock.nowMs(),
    ]);
    return row ? { points: row.points, expiresAt: Number(row.expiresAt) } : null;
  }

  private describe({ points, expiresAt }: Count): RateLimiterRes {
    return new RateLimiterRes(
      Math.max(0, this.points - points),
      Math.max(0, expiresAt - this.clock.nowMs()),
      points,
      false,
    );
  }

  private query<T>(statement: string, parameters: unknown[]): Promise<T> {
    return this.manager.query<T>(statement, parameters);
  }
}
