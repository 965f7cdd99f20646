import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { In } from 'typeorm';
import { SecretCipher } from '../platform/secrets/secret-cipher.js';
import { Transactions } from '../platform/database/transactions/transactions.js';
import { DomainError } from '../platform/events/domain-error.js';
import { partyAt } from '../platform/limits/address.js';
import { LogEntry } from '../platform/observability/logs/log-entry.js';
import { BackgroundTask } from '../platform/runtime/background-task.js';
import { inBatches } from '../platform/runtime/batches.js';
import { FairQueue, QueueFull } from '../platform/runtime/fair-queue.js';
import { letOthersIn } from '../platform/runtime/turns.js';
import type { CachedKey } from '../verification/cache/cached-key.js';
import { VerificationService, type Recognised } from '../verification/verification.service.js';
import { ExposureReport } from './exposure-report.entity.js';
import { Exposures, type FoundKey } from './exposures.js';
import { TEXTS_AT_ONCE } from './finding.js';

/** The most findings of this process that wait for the first lane, in all and from one address. */
const WAITING_MAX = 10_000;
const WAITING_PER_ADDRESS = 1000;

/** The second lane. Beyond these limits, the newest of the address with the most findings is dropped. */
const SLOW_LANE = { concurrency: 2, waitingPerKey: 200, waiting: 5000 };

/** Findings that are processed in one turn of an address, which others wait for. */
const TURN = 25;

/** Dropped findings that are deleted in one transaction. */
const BATCH = 100;

/** The first lane. It is bounded by what is admitted to it. */
const FAST_LANE = { concurrency: 4, waitingPerKey: Number.POSITIVE_INFINITY, waiting: Number.POSITIVE_INFINITY };

/** How often, and after which time, a comparison is tried again that found no capacity. */
const TRIES = 60;
const TRY_AGAIN_AFTER_MS = 500;

/** Dropped findings are deleted together, after this time. */
const DROP_AFTER_MS = 100;

/** Warnings of dropped findings are this far apart. */
const WARN_AGAIN_AFTER_MS = 60_000;

type Comparison = Recognised['undecided'][number];

/**
 * Processes findings in two lanes, in each of which the addresses that reported them take turns. The first decides whatever is decided fast: keys
 * of this server, and those that were imported with fast hashes. Comparisons with slow hashes are left to the second. A row is
 * deleted in the transaction that handles its key, so that none is lost when a process ends; two instances that process the same row have the
 * effect of one.
 */
@Injectable()
export class ExposureLanes {
  private readonly logger = new Logger('Keywright');
  private readonly fast = new FairQueue(FAST_LANE);
  private readonly slow = new FairQueue(SLOW_LANE);
  private readonly task = new BackgroundTask(() => Promise.resolve(), 'Reports of exposed keys wait');
  private readonly held = new Set<string>();
  private readonly heldByAddress = new Map<string, number>();
  /** The ids of the rows in the second lane. */
  private readonly undecided = new Set<string>();
  private readonly undecidedByAddress = new Map<string, number>();
  private readonly underWay = new Set<Promise<void>>();
  private readonly dropped: ExposureReport[] = [];
  private isStopped = false;
  private warnedAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly cipher: SecretCipher,
    private readonly exposures: Exposures,
    private readonly transactions: Transactions,
    private readonly verification: VerificationService,
  ) {}

  stop(): void {
    this.isStopped = true;
  }

  /** Resolves when nothing is under way. */
  async drained(): Promise<void> {
    while (this.underWay.size > 0) await Promise.all(this.underWay);
  }

  /** Returns the rows that may be processed beside those that are being processed, and aren't among these. */
  admit(rows: readonly ExposureReport[]): ExposureReport[] {
    let free = WAITING_MAX - this.held.size;
    const byAddress = new Map<string, number>();
    return rows.filter((row) => {
      const address = addressOf(row);
      const own = byAddress.get(address) ?? this.heldByAddress.get(address) ?? 0;
      if (this.held.has(row.id) || this.undecided.has(row.id) || free <= 0 || own >= WAITING_PER_ADDRESS) return false;
      free -= 1;
      byAddress.set(address, own + 1);
      return true;
    });
  }

  /** Counts rows as waiting for the first lane, until they have been through it or are released. */
  hold(rows: readonly ExposureReport[]): void {
    for (const row of rows) {
      this.held.add(row.id);
      this.heldByAddress.set(addressOf(row), (this.heldByAddress.get(addressOf(row)) ?? 0) + 1);
    }
  }

  release(rows: readonly ExposureReport[]): void {
    for (const row of rows) {
      if (!this.held.delete(row.id)) continue;
      const left = (this.heldByAddress.get(addressOf(row)) ?? 1) - 1;
      if (left === 0) this.heldByAddress.delete(addressOf(row));
      else this.heldByAddress.set(addressOf(row), left);
    }
  }

  /** Processes rows that are held. Those that fail remain in the database. */
  process(rows: readonly ExposureReport[]): void {
    const byAddress = new Map<string, ExposureReport[]>();
    for (const row of rows) {
      const own = byAddress.get(addressOf(row));
      if (own) own.push(row);
      else byAddress.set(addressOf(row), [row]);
    }
    for (const [address, own] of byAddress)
      for (const batch of inBatches(own, TURN))
        this.track(
          batch,
          this.fast.run(address, async () => (this.isStopped ? undefined : this.decide(batch))),
        );
  }

  private async decide(rows: readonly ExposureReport[]): Promise<void> {
    const found: FoundKey[] = [];
    const undecided = new Map<ExposureReport, Comparison[]>();
    for (const some of inBatches(rows, TEXTS_AT_ONCE)) {
      await letOthersIn();
      const recognised = await Promise.all(some.map((row) => this.recognise(row)));
      for (const [index, row] of some.entries()) {
        const { keys = [], undecided: comparisons = [] } = recognised[index] ?? {};
        found.push(...keys.map((key) => findingOf(row, key)));
        if (comparisons.length > 0) undecided.set(row, comparisons);
      }
    }
    const decided = rows.filter((row) => !undecided.has(row));
    await this.settle(found, decided);
    let passed = 0;
    for (const [row, comparisons] of undecided) {
      this.pass(row, comparisons);
      if (++passed % TEXTS_AT_ONCE === 0) await letOthersIn();
    }
    this.release(rows);
  }

  private async recognise(row: ExposureReport): Promise<Recognised> {
    const text = this.open(row);
    return text === null ? { keys: [], undecided: [] } : this.verification.recognise(text);
  }

  /** Passes a row to the second lane. */
  private pass(row: ExposureReport, comparisons: Comparison[]): void {
    const address = addressOf(row);
    const own = this.undecidedByAddress.get(address) ?? 0;
    if (own >= SLOW_LANE.waitingPerKey) return this.drop(row);
    this.undecided.add(row.id);
    this.undecidedByAddress.set(address, own + 1);
    const compared = this.compare(row, comparisons).finally(() => {
      this.undecided.delete(row.id);
      const left = (this.undecidedByAddress.get(address) ?? 1) - 1;
      if (left === 0) this.undecidedByAddress.delete(address);
      else this.undecidedByAddress.set(address, left);
    });
    this.track([], compared);
  }

  private async compare(row: ExposureReport, comparisons: Comparison[]): Promise<void> {
    const found: FoundKey[] = [];
    try {
      for (const comparison of comparisons) {
        const key = await this.inTurn(row, comparison);
        if (key) found.push(findingOf(row, key));
      }
    } catch (error) {
      if (!(error instanceof QueueFull)) throw error;
      await this.settle(found, []);
      this.drop(row);
      return;
    }
    if (!this.isStopped) await this.settle(found, [row]);
  }

  /** Makes a comparison, and tries it again later when too many comparisons are waiting. */
  private async inTurn(row: ExposureReport, comparison: Comparison): Promise<CachedKey | null> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.slow.run(addressOf(row), async () => (this.isStopped ? null : comparison()));
      } catch (error) {
        if (!(error instanceof DomainError) || attempt === TRIES || this.isStopped) throw error;
        await sleep(TRY_AGAIN_AFTER_MS);
      }
    }
  }

  private async settle(found: FoundKey[], decided: readonly ExposureReport[]): Promise<void> {
    if (found.length + decided.length === 0) return;
    await this.transactions.run(async (tx) => {
      await this.exposures.settle(tx, found);
      if (decided.length > 0) await tx.manager.delete(ExposureReport, { id: In(decided.map(({ id }) => id)) });
    });
  }

  /** Waits for work on rows, which are released if it fails. */
  private track(rows: readonly ExposureReport[], work: Promise<void>): void {
    const done = this.task.attempt(() =>
      work.catch((error: unknown) => {
        this.release(rows);
        throw error;
      }),
    );
    this.underWay.add(done);
    void done.finally(() => this.underWay.delete(done));
  }

  /** Deletes a row together with others that are dropped, and warns when the first of many is. */
  private drop(row: ExposureReport): void {
    const nowMs = performance.now();
    this.dropped.push(row);
    if (this.dropped.length === 1)
      this.track(
        [],
        sleep(DROP_AFTER_MS).then(async () => {
          for (const batch of inBatches(this.dropped.splice(0), BATCH)) await this.settle([], batch);
        }),
      );
    if (nowMs - this.warnedAtMs > WARN_AGAIN_AFTER_MS)
      this.logger.warn(
        'More texts are reported than can be compared with slow hashes of imported keys; some are dropped.',
      );
    this.warnedAtMs = nowMs;
  }

  private open({ id, sealedKey, requestId }: ExposureReport): string | null {
    try {
      return this.cipher.decrypt(sealedKey, id);
    } catch {
      const message = `The exposure report ${id} can't be decrypted: is its ENCRYPTION_KEYS entry gone?`;
      this.logger.error(new LogEntry(message, { requestId }));
      return null;
    }
  }
}

/** The address that a finding came from, as far as it is one party's. */
const addressOf = ({ address }: ExposureReport): string => (address === null ? '' : partyAt(address));

const findingOf = (row: ExposureReport, { id, publicId }: CachedKey): FoundKey => ({
  keyId: id,
  publicId,
  source: row.source,
  place: row.place,
  origin: row,
});
