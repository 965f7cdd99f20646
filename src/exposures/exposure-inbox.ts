import { randomUUID } from 'node:crypto';
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { LessThan, LessThanOrEqual, MoreThan, type Repository } from 'typeorm';
import { isIntact, parseCredential } from '../api-keys/credentials/credential.js';
import { SecretCipher } from '../platform/secrets/secret-cipher.js';
import { inBatches } from '../platform/runtime/batches.js';
import { Clock, DAY_SECONDS } from '../platform/runtime/clock.js';
import { DomainError } from '../platform/events/domain-error.js';
import { BackgroundTask } from '../platform/runtime/background-task.js';
import { letOthersIn } from '../platform/runtime/turns.js';
import { Transactions } from '../platform/database/transactions/transactions.js';
import { insertRows } from '../platform/database/rows.js';
import { ImportedFormats } from '../verification/cache/imported-formats.js';
import { ExposureLanes } from './exposure-lanes.js';
import { ExposureReport } from './exposure-report.entity.js';
import { keysIn } from './key-texts.js';
import { describeLocation, TEXTS_AT_ONCE, type Finding } from './finding.js';

/** Rows that are inserted, or read, by one statement. */
const BATCH = 100;

/** The interval at which to look for findings left over by another instance or by a failure, and the age from which one is left over. */
const SWEEP_EVERY_MS = 30_000;
const LEFT_AFTER_SECONDS = 60;

/** The delay before a report is processed, extended at random up to twofold, so that the timing of later responses reveals nothing about it. */
const LOOK_AFTER_MS = 100;

/** The most keys that are looked up of those that one text may hold. */
const KEYS_PER_TEXT = 5;

/** A finding that could not be processed for this long is dropped. */
const KEPT_SECONDS = DAY_SECONDS;

/**
 * Stores the keys in reported texts, encrypted, and has them processed afterwards. A report is answered before its texts have been looked up, so that
 * neither the response nor its timing reveals whether they are keys. A text that cannot be a key, by its shape or checksum, costs no statement.
 */
@Injectable()
export class ExposureInbox implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('Keywright');
  private readonly sweeping = new BackgroundTask(() => this.sweep(), 'Reports of exposed keys wait');
  private readonly delayed = new Map<NodeJS.Timeout, ExposureReport[]>();
  private timer: NodeJS.Timeout | undefined;
  private leftFor = 0;

  constructor(
    @InjectRepository(ExposureReport) private readonly reports: Repository<ExposureReport>,
    private readonly cipher: SecretCipher,
    private readonly clock: Clock,
    private readonly formats: ImportedFormats,
    private readonly lanes: ExposureLanes,
    private readonly transactions: Transactions,
  ) {}

  /** What a process that has ended left over is processed at once. */
  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.sweeping.run(), SWEEP_EVERY_MS).unref();
    void this.sweeping.run();
  }

  /** Stops. Unprocessed findings stay in the database, for another instance or the next start. */
  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    this.lanes.stop();
    await this.drained();
  }

  /**
   * Stores texts that may be keys, and processes them in a moment.
   *
   * @throws {DomainError} `unavailable` when too many findings are waiting, in all or from one address
   */
  async take(findings: readonly Finding[]): Promise<void> {
    const rows = await this.rowsOf(findings);
    if (this.lanes.admit(rows).length < rows.length) throw new DomainError('unavailable', { retryAfterSeconds: 10 });
    await this.store(rows);
  }

  /** Does the same, but drops the findings of addresses of which too many are waiting. */
  async takeSome(findings: readonly Finding[]): Promise<void> {
    await this.store(this.lanes.admit(await this.rowsOf(findings)));
  }

  /** Resolves when all findings have been processed. */
  async drained(): Promise<void> {
    for (const [timer, rows] of this.delayed) this.process(timer, rows);
    await this.sweeping.settled();
    await this.lanes.drained();
  }

  private async store(rows: ExposureReport[]): Promise<void> {
    if (rows.length === 0) return;
    this.lanes.hold(rows);
    try {
      await this.transactions.run(async ({ manager }) => {
        for (const batch of inBatches(rows, BATCH)) await insertRows(manager, ExposureReport, batch);
      });
    } catch (error) {
      this.lanes.release(rows);
      throw error;
    }
    const timer = setTimeout(() => this.process(timer, rows), LOOK_AFTER_MS * (1 + Math.random())).unref();
    this.delayed.set(timer, rows);
  }

  private process(timer: NodeJS.Timeout, rows: ExposureReport[]): void {
    clearTimeout(timer);
    if (this.delayed.delete(timer)) this.lanes.process(rows);
  }

  private async rowsOf(findings: readonly Finding[]): Promise<ExposureReport[]> {
    const rows: ExposureReport[] = [];
    for (const [index, finding] of findings.entries()) {
      if (index % TEXTS_AT_ONCE === TEXTS_AT_ONCE - 1) await letOthersIn();
      const keys = keysIn(finding.text, (text, at) => this.formats.lengthsAt(text, at)).filter((text) =>
        this.mayBeKey(text),
      );
      const place = describeLocation(finding.place, keys);
      for (const text of keys.slice(0, KEYS_PER_TEXT)) rows.push(this.rowOf({ ...finding, text, place }));
    }
    return rows;
  }

  private mayBeKey(text: string): boolean {
    const credential = parseCredential(text);
    return (credential !== null && isIntact(credential)) || this.formats.matches(text);
  }

  private rowOf({ text, source, place, origin: { address, userAgent, requestId } }: Finding): ExposureReport {
    const id = randomUUID();
    const sealedKey = this.cipher.encrypt(text, id);
    return { id, sealedKey, source, place, address, userAgent, requestId, createdAt: this.clock.now() };
  }

  /** Has stored findings processed, the oldest first: at first all of them, later those that are left over. */
  private async sweep(): Promise<void> {
    const until = this.clock.in(-this.leftFor);
    this.leftFor = LEFT_AFTER_SECONDS;
    for (let last: ExposureReport | undefined; ;) {
      const createdAt = LessThanOrEqual(until);
      const rows: ExposureReport[] = await this.reports.find({
        where: last
          ? [{ createdAt: MoreThan(last.createdAt) }, { createdAt: last.createdAt, id: MoreThan(last.id) }]
          : { createdAt },
        order: { createdAt: 'ASC', id: 'ASC' },
        take: BATCH,
      });
      const left = this.lanes.admit(rows.filter((row) => row.createdAt <= until));
      this.lanes.hold(left);
      this.lanes.process(left);
      last = rows.at(-1);
      if (!last || rows.length < BATCH || last.createdAt > until) break;
    }
    await this.giveUp();
  }

  private async giveUp(): Promise<void> {
    const old = { createdAt: LessThan(this.clock.in(-KEPT_SECONDS)) };
    if (!(await this.reports.existsBy(old))) return;
    const { affected } = await this.transactions.run(({ manager }) => manager.delete(ExposureReport, old));
    this.logger.error(`${affected ?? 0} reports of exposed keys could not be processed within a day.`);
  }
}
