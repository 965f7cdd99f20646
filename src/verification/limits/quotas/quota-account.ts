import type { QuotaPeriod } from '../../../api-keys/api-key.entity.js';
import type { QuotaLimit } from '../../cache/key-limits.js';
import { nextPeriod } from './periods.js';

/** The share of a quota that all instances together hold unused, and with it the share that may be lost when they die. */
const HELD_SHARE = 0.01;

/** The smallest block of a quota that is borrowed while enough is left, as a share of the limit. */
const SMALLEST_SHARE = 0.0001;

/** A block lasts for about this time, at the recent pace. */
const BLOCK_LASTS_MS = 2000;

/** The shortest time over which a pace is measured. */
const PACE_OVER_MS = 250;

/** How long a refusal is repeated without asking the database, while other instances may give back what they hold, and otherwise. */
const REFUSED_FOR_MS = 500;
const USED_UP_FOR_MS = 5000;

/** The `Retry-After` while other instances may give back what they hold. */
const RETRY_SECONDS = 1;

/** What an exchange has found in the database, and left there. */
export interface ExchangeResult {
  granted: number;
  reported: number;
  usedByAll: number;
  left: number;
  lentToOthers: number;
}

/** What this instance holds of one subject's quota in one period. */
export class QuotaAccount {
  endMs: number;
  /** Everything that was lent to this instance in the period. */
  granted = 0;
  /** What this instance has used of `granted`. */
  used = 0;
  /** The part of `used` that is written. */
  reported = 0;
  /** The use that Redis has counted and that isn't written yet. */
  counted = 0;
  /** The cost of all requests that wait for an exchange. */
  waiting = 0;
  /** The use by all instances that was written when the quota was last exchanged. */
  usedByAll = 0;
  /** Whether the next exchange gives back everything that is held. */
  isLeaving = false;
  /** Whether an exchange has been asked for and hasn't begun. */
  isQueued = false;
  isKnown = false;
  private left = 0;
  private lentToOthers = 0;
  private lowWater = 0;
  private refusedUntilMs = 0;
  private exchangedAtMs = 0;
  private usedAtExchange = 0;
  private usedAtSweep = -1;

  constructor(
    readonly subjectId: string,
    /** The start of the period, or of what counts in it. */
    readonly startMs: number,
    public period: QuotaPeriod,
    /** The limit at the latest request. */
    public limit: number,
  ) {
    this.endMs = nextPeriod(period, startMs);
  }

  /** Whether the account is about a quota at a time. */
  isFor({ limit, period, countedFromMs }: QuotaLimit, nowMs: number): boolean {
    return (
      limit === this.limit &&
      period === this.period &&
      nowMs < this.endMs &&
      nowMs >= this.startMs &&
      countedFromMs <= this.startMs
    );
  }

  /** Adopts changed settings of the quota. */
  change(period: QuotaPeriod, limit: number): void {
    if (period !== this.period) this.endMs = nextPeriod(period, this.startMs);
    if (limit !== this.limit) this.freeze();
    this.period = period;
    this.limit = limit;
  }

  /** The units that can be used without an exchange. */
  get room(): number {
    return this.granted - this.used;
  }

  /** The use that this instance knows of. */
  get knownUse(): number {
    return this.usedByAll + this.counted + Math.max(0, this.used - this.reported);
  }

  get isDirty(): boolean {
    return this.used > this.reported || this.counted > 0;
  }

  /** The units that are left, as far as this instance knows. */
  get remaining(): number {
    return Math.max(0, this.limit - this.knownUse);
  }

  /** Whether so little is held that the next block should be borrowed. */
  get runsLow(): boolean {
    return this.granted - this.used < this.lowWater && !this.isQueued;
  }

  /** Gives up what is held, because it was lent under another limit or is to be given back. The next exchange finds it in the database. */
  freeze(): void {
    this.granted = this.used;
    this.lowWater = 0;
    this.refusedUntilMs = 0;
  }

  /** Whether a request exceeds the quota according to the latest exchange. */
  exceeds(cost: number): boolean {
    return this.room + this.left < cost;
  }

  /** Whether a request can be refused without another exchange. */
  isRefused(cost: number): boolean {
    return this.isKnown && this.exceeds(cost) && performance.now() < this.refusedUntilMs;
  }

  /** Returns the seconds until a request that exceeds the quota may be repeated. */
  retryAfter(cost: number, nowMs: number): number {
    if (this.room + this.left + this.lentToOthers >= cost) return RETRY_SECONDS;
    return this.untilEnd(nowMs);
  }

  untilEnd(nowMs: number): number {
    return Math.max(1, Math.ceil((this.endMs - nowMs) / 1000));
  }

  /** Whether nothing has been used since the last call. */
  sweep(): boolean {
    const isIdle = this.used === this.usedAtSweep && this.waiting === 0;
    this.usedAtSweep = this.used;
    return isIdle;
  }

  /** Returns the size of the next block: what is used in two seconds, but never more than a small part of the limit, or of what is left. */
  blockSize(left: number, instances: number): number {
    const most = Math.max(1, Math.floor((this.limit * HELD_SHARE) / Math.max(2, instances)));
    const elapsedMs = Math.max(PACE_OVER_MS, performance.now() - this.exchangedAtMs);
    const soon = Math.ceil(((this.used + this.waiting - this.usedAtExchange) * BLOCK_LASTS_MS) / elapsedMs);
    const least = Math.max(1, Math.ceil(this.limit * SMALLEST_SHARE));
    const block = Math.min(most, Math.max(least, soon));
    return instances === 1 ? block : Math.min(block, Math.max(1, Math.ceil(left / (2 * instances))));
  }

  /**
   * Takes over the result of an exchange.
   *
   * @param limit the limit by which units were lent
   * @param isHeld whether what was lent may be used, because the exchange wasn't about giving it back
   */
  exchanged(result: ExchangeResult, { limit, block, isHeld }: { limit: number; block: number; isHeld: boolean }): void {
    const nowMs = performance.now();
    this.reported = result.reported;
    this.usedByAll = result.usedByAll;
    this.left = result.left;
    this.lentToOthers = result.lentToOthers;
    this.exchangedAtMs = nowMs;
    this.usedAtExchange = this.used;
    this.isKnown = true;
    // Units that were lent under another limit stay unused until the next exchange.
    if (!isHeld || limit !== this.limit) return this.freeze();
    this.granted = result.granted;
    this.lowWater = result.left > 0 ? Math.ceil(block / 2) : 0;
    this.refusedUntilMs = nowMs + (result.lentToOthers > 0 ? REFUSED_FOR_MS : USED_UP_FOR_MS);
  }

  /** Borrows nothing ahead until an exchange succeeds again. */
  failed(): void {
    this.lowWater = 0;
  }
}
