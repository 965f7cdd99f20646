import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.js';
import { VerifierError } from '../errors.js';
import type { Attached } from '../server/attached.js';
import type { Outcome, Requirements } from '../verification.js';
import { PendingUse, type UsedKey } from './pending-use.js';

const INTERVAL_MS = 5000;
const REPORT_SIZE = 1000;
const TIMEOUT_MS = 5000;

/** Statuses of reports that the server will not take later either. */
const NEVER_ACCEPTED = new Set([400, 413, 422]);
/** Statuses after which a report can be written anew, with the times as they are then. */
const NOT_CARRIED_OUT = new Set([401, 403, 404, 429, 503]);

/** A report that was sent, and whose answer was lost. */
interface Report {
  idempotencyKey: string;
  body: string;
}

/** Counts the uses that were decided in memory, and reports them every few seconds. */
export class Usage {
  private pending: PendingUse[] = [];
  private lost = 0;
  private uncertain: Report | null = null;
  private flushing: Promise<void> | null = null;
  private readonly timer: NodeJS.Timeout;

  /** @param maxPending the number of records that are kept while the server is away */
  constructor(
    private readonly attached: Attached,
    private readonly clock: Clock,
    private readonly maxPending: number,
    private readonly onError: (error: VerifierError) => void,
  ) {
    this.timer = setInterval(() => void this.flush(), INTERVAL_MS).unref();
  }

  count(key: UsedKey, outcome: Outcome, requirements: Requirements, steadyMs: number): void {
    key.uses ??= [];
    for (const use of key.uses) if (use.outcome === outcome) return use.add(requirements, steadyMs);
    if (this.pending.length >= this.maxPending) {
      this.lost++;
      return;
    }
    const use = new PendingUse(key, outcome);
    key.uses.push(use);
    this.pending.push(use);
    use.add(requirements, steadyMs);
  }

  /** Reports all uses, or as many as the server takes. Never rejects. */
  flush(): Promise<void> {
    this.flushing ??= this.reportAll().finally(() => (this.flushing = null));
    return this.flushing;
  }

  /** Reports for the last time. */
  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.flushing;
    await this.flush();
    this.lost += this.pending.reduce((sum, { count }) => sum + count, 0);
    this.tellLost();
  }

  private async reportAll(): Promise<void> {
    this.tellLost();
    try {
      while (this.uncertain !== null || this.pending.length > 0) await this.reportSome();
    } catch (error) {
      this.onError(error as VerifierError);
    }
  }

  private async reportSome(): Promise<void> {
    // Sent again as it was, under the same idempotency key, so that nothing is counted twice.
    if (this.uncertain !== null) return this.send(this.uncertain);
    const uses = this.pending.splice(0, REPORT_SIZE);
    for (const { key } of uses) key.uses = null;
    const nowMs = this.clock.steadyMs();
    const body = JSON.stringify({ uses: uses.map((use) => use.present(nowMs)) });
    try {
      await this.send({ idempotencyKey: randomUUID(), body });
    } catch (error) {
      if (NOT_CARRIED_OUT.has((error as VerifierError).status)) this.pending.unshift(...uses);
      throw error;
    }
  }

  private async send(report: Report): Promise<void> {
    try {
      await this.attached.request({
        method: 'POST',
        suffix: '/usage',
        body: report.body,
        headers: { 'Idempotency-Key': report.idempotencyKey },
        timeoutMs: TIMEOUT_MS,
      });
      this.uncertain = null;
    } catch (error) {
      const { status } = error as VerifierError;
      if (NEVER_ACCEPTED.has(status)) {
        this.uncertain = null;
        this.onError(error as VerifierError);
        return;
      }
      if (!NOT_CARRIED_OUT.has(status)) this.uncertain = report;
      throw error;
    }
  }

  private tellLost(): void {
    if (this.lost === 0) return;
    const count = this.lost;
    this.lost = 0;
    this.onError(new VerifierError(`${count} uses were not reported.`, { code: 'client.usage_lost' }));
  }
}
