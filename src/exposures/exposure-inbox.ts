import { randomUUID } from 'node:crypto';
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, LessThan, MoreThan, type Repository } from 'typeorm';
import { isIntact, parseCredential } from '../api-keys/credentials/credential.js';
import { SecretCipher } from '../api-keys/credentials/secret-cipher.js';
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

/** Rows in one statement, and looked at in one transaction. */
const BATCH = 100;

/** Findings of this process that wait to be looked at; past that the database is too slow for more. */
const WAITING_MAX = 10_000;

/** How often to look for what was left over: by an instance that has gone, or because the database didn't answer. */
const SWEEP_EVERY_MS = 30_000;

/** How long a report is left alone, once to twice as long by chance: by the time of a later answer nobody can tell whether there was work. */
const LOOK_AFTER_MS = 100;

/** After so long nothing will come of a finding any more. */
const KEPT_SECONDS = DAY_SECONDS;

/**
 * Takes in what may be keys that somebody has found, and looks at it afterwards. Whoever reports them is answered once they are stored, encrypted,
 * and before anybody has looked whether there are such keys: the answer can't tell, and its time can't. What can't be a key, by its shape or
 * its checksum, costs no statement. A row goes in the same transaction in which its key is dealt with, so that none is lost when a process ends;
 * two instances that come across the same row do together what one would do.
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

  /** What hasn't been looked at stays in the database, for another instance or the next start. */
  async onApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    clearInterval(this.timer);
    await this.drained();
  }

  /**
   * Stores what may be keys, to look at it in a moment.
   *
   * @throws {DomainError} `unavailable` when too much is waiting already
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

  /** Comes back once everything has been looked at. */
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

  /** What fails is looked at again with the next sweep. */
  private async look(): Promise<void> {
    while (this.isAwake && !this.isStopped) {
      this.isAwake = false;
      const taken = this.waiting;
      await this.pass().finally(() => (this.waiting -= taken));
    }
  }

  /** Looks once at everything that is there, the oldest first. */
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
        // What the database, or a hash that is slow on purpose, has no time for now is looked at again later.
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
    this.logger.error(`${affected ?? 0} reports of exposed keys could not be looked at in a day.`);
  }
}
