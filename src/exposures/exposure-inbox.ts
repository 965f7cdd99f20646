import { randomUUID } from 'node:crypto';
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, LessThan, MoreThan, type Repository } from 'typeorm';
import { isIntact, parseCredential } from '../api-keys/credentials/credential.js';
import { SecretCipher } from '../platform/secrets/secret-cipher.js';
import { inBatches } from '../platform/runtime/batches.js';
import { Clock, DAY_SECONDS } from '../platform/runtime/clock.js';
import { DomainError } from '../platform/events/domain-error.js';
import { LogEntry } from '../platform/observability/logs/log-entry.js';
import { BackgroundTask } from '../platform/runtime/background-task.js';
import { Transactions } from '../platform/database/transactions/transactions.js';
import { insertRows } from '../platform/database/rows.js';
import { ImportedFormats } from '../verification/cache/imported-formats.js';
import { VerificationService } from '../verification/verification.service.js';
import { ExposureReport } from './exposure-report.entity.js';
import { Exposures, type FoundKey } from './exposures.js';
import type { Finding } from './finding.js';

/** Rows inserted by one statement, and processed in one transaction. */
const BATCH = 100;

/** The most unprocessed findings of this process; beyond it, further reports are refused. */
const WAITING_MAX = 10_000;

/** The interval at which to look for findings left over by another instance or by a failure. */
const SWEEP_EVERY_MS = 30_000;

/** The delay before a report is processed, extended at random up to twofold, so that the timing of later responses reveals nothing about it. */
const LOOK_AFTER_MS = 100;

/** A finding that could not be processed for this long is dropped. */
const KEPT_SECONDS = DAY_SECONDS;

/**
 * Stores reported texts, encrypted, and processes them afterwards. A report is answered before its texts have been looked up, so that neither the
 * response nor its timing reveals whether they are keys. A text that cannot be a key, by its shape or checksum, costs no statement. A row is
 * deleted in the transaction that handles its key, so that none is lost when a process ends; two instances that process the same row have the
 * effect of one.
 */
@Injectable()
export class ExposureInbox implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('Keywright');
  private readonly looking = new BackgroundTask(() => this.look(), 'Reports of exposed keys wait');
  private timer: NodeJS.Timeout | undefined;
  private soon: NodeJS.Timeout | undefined;
  private isAwake = false;
  private isStopped = false;
  private waiting = 0;

  constructor(
    @InjectRepository(ExposureReport) private readonly reports: Repository<ExposureReport>,
    private readonly cipher: SecretCipher,
    private readonly clock: Clock,
    private readonly exposures: Exposures,
    private readonly formats: ImportedFormats,
    private readonly transactions: Transactions,
    private readonly verification: VerificationService,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.wake(), SWEEP_EVERY_MS).unref();
    this.wake();
  }

  /** Stops. Unprocessed findings stay in the database, for another instance or the next start. */
  async onApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    clearInterval(this.timer);
    await this.drained();
  }

  /**
   * Stores texts that may be keys, and processes them in a moment.
   *
   * @throws {DomainError} `unavailable` when too many findings are waiting
   */
  async take(findings: readonly Finding[]): Promise<void> {
    const rows = findings.filter(({ text }) => this.mayBeKey(text)).map((finding) => this.rowOf(finding));
    if (rows.length === 0) return;
    if (this.waiting + rows.length > WAITING_MAX) throw new DomainError('unavailable', { retryAfterSeconds: 10 });
    this.waiting += rows.length;
    try {
      await this.transactions.run(async ({ manager }) => {
        for (const batch of inBatches(rows, BATCH)) await insertRows(manager, ExposureReport, batch);
      });
    } catch (error) {
      this.waiting -= rows.length;
      throw error;
    }
    this.soon ??= setTimeout(() => this.wake(), LOOK_AFTER_MS * (1 + Math.random())).unref();
  }

  /** Resolves when all findings have been processed. */
  async drained(): Promise<void> {
    if (this.soon) this.wake();
    while (this.looking.isUnderWay) await this.looking.settled();
  }

  private mayBeKey(text: string): boolean {
    const credential = parseCredential(text);
    return (credential !== null && isIntact(credential)) || this.formats.candidateCredentials(text).length > 0;
  }

  private rowOf({ text, source, place, origin: { address, userAgent, requestId } }: Finding): ExposureReport {
    const id = randomUUID();
    const sealedKey = this.cipher.encrypt(text, id);
    return { id, sealedKey, source, place, address, userAgent, requestId, createdAt: this.clock.now() };
  }

  private wake(): void {
    clearTimeout(this.soon);
    this.soon = undefined;
    this.isAwake = true;
    if (!this.isStopped) void this.looking.run();
  }

  /** Processes findings; a failure is retried by the next sweep. */
  private async look(): Promise<void> {
    while (this.isAwake && !this.isStopped) {
      this.isAwake = false;
      const taken = this.waiting;
      await this.pass().finally(() => (this.waiting -= taken));
    }
  }

  /** Processes all stored findings once, the oldest first. */
  private async pass(): Promise<void> {
    for (let last: ExposureReport | undefined; !this.isStopped;) {
      const rows: ExposureReport[] = await this.reports.find({
        ...(last && {
          where: [{ createdAt: MoreThan(last.createdAt) }, { createdAt: last.createdAt, id: MoreThan(last.id) }],
        }),
        order: { createdAt: 'ASC', id: 'ASC' },
        take: BATCH,
      });
      if (rows.length > 0) await this.settle(rows);
      if (rows.length < BATCH) break;
      last = rows.at(-1);
    }
    await this.giveUp();
  }

  private async settle(rows: ExposureReport[]): Promise<void> {
    const found: FoundKey[] = [];
    const seen: string[] = [];
    for (const row of rows) {
      try {
        const text = this.open(row);
        const key = text === null ? null : await this.verification.recognise(text);
        if (key)
          found.push({ keyId: key.id, publicId: key.publicId, source: row.source, place: row.place, origin: row });
        seen.push(row.id);
      } catch (error) {
        // A finding whose lookup or slow hash found no capacity is retried later.
        if (!(error instanceof DomainError)) throw error;
      }
    }
    if (seen.length === 0) return;
    await this.transactions.run(async (tx) => {
      await this.exposures.settle(tx, found);
      await tx.manager.delete(ExposureReport, { id: In(seen) });
    });
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

  private async giveUp(): Promise<void> {
    const old = { createdAt: LessThan(this.clock.in(-KEPT_SECONDS)) };
    if (!(await this.reports.existsBy(old))) return;
    const { affected } = await this.transactions.run(({ manager }) => manager.delete(ExposureReport, old));
    this.logger.error(`${affected ?? 0} reports of exposed keys could not be processed within a day.`);
  }
}
