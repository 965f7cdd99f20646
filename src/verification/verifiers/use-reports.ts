import { Injectable } from '@nestjs/common';
import type { KeyCaller } from '../../access/caller.js';
import { KeyUses } from '../../api-keys/uses/key-uses.js';
import { lockRow } from '../../platform/database/row-locks.js';
import { databaseTimeMs } from '../../platform/database/engine-sql.js';
import { Transactions } from '../../platform/database/transactions/transactions.js';
import { DomainError } from '../../platform/events/domain-error.js';
import { Clock } from '../../platform/runtime/clock.js';
import type { Outcome } from '../outcome.js';
import { Usage } from '../usage/usage.js';
import { VerificationService } from '../verification.service.js';
import { Verifier } from './verifier.entity.js';
import { VerifiersService } from './verifiers.service.js';

/** More than a verifier can decide in a second on all cores of a large machine. */
const USES_PER_SECOND_MAX = 20_000_000;

/** The longest time before a report for which its uses count. */
const REPORTED_FOR_MAX_MS = 3_600_000;

/** The least time between two records of refused reports in the audit trail. */
const RECORD_EVERY_MS = 60_000;

/** How many verifiers are remembered whose reports were refused. */
const REMEMBERED_MAX = 1000;

/** Uses of one key with the same outcome, which a verifier has decided itself. */
export interface ReportedUse {
  /** The public id of the credential. */
  credential: string;
  outcome: Outcome;
  count: number;
  /** How long ago the last of them was, in milliseconds. */
  lastUsedMsAgo: number;
  /** The scopes that were required. */
  scopes?: string[];
  ip?: string;
  userAgent?: string;
}

/** Counts the uses that verifiers report, as if this instance had decided them. */
@Injectable()
export class UseReports {
  /** The number of reported uses. */
  counted = 0;
  private readonly recordedAtMs = new Map<string, number>();

  constructor(
    private readonly clock: Clock,
    private readonly keyUses: KeyUses,
    private readonly transactions: Transactions,
    private readonly usage: Usage,
    private readonly verification: VerificationService,
    private readonly verifiers: VerifiersService,
  ) {}

  /**
   * Counts uses of the merchant's keys. Uses of keys that are deleted, or of others, are dropped.
   *
   * @returns the number of uses that were counted
   * @throws {DomainError} `request.invalid` for more uses than can be; `verifier.not_found`
   */
  async report(caller: KeyCaller, verifier: Verifier, uses: readonly ReportedUse[]): Promise<number> {
    const total = uses.reduce((sum, { count }) => sum + count, 0);
    const keys = await this.verification.findAll(uses.map(({ credential }) => credential));
    const nowMs = this.clock.nowMs();
    const known = uses.flatMap((use, index) => {
      const key = keys[index];
      return key?.merchantId === verifier.merchantId ? [{ key, use }] : [];
    });
    const counted = known.reduce((sum, { use }) => sum + use.count, 0);
    const isPlausible = await this.transactions.run(async (tx) => {
      const row = await lockRow(tx.manager, Verifier, verifier.id);
      if (!row) throw new DomainError('verifier.not_found');
      const [now] = await tx.manager.query<{ ms: number | string }[]>(`SELECT ${databaseTimeMs(tx)} AS ms`);
      const sinceMs = Math.min(Number(now?.ms) - (row.reportedAtMs ?? row.attachedAtMs), REPORTED_FOR_MAX_MS);
      if (total > USES_PER_SECOND_MAX * (1 + Math.max(0, sinceMs) / 1000)) return false;
      const reportedUses = row.reportedUses + counted;
      await tx.manager.update(Verifier, { id: row.id }, { reportedUses, reportedAtMs: Number(now?.ms) });
      tx.during('announce', () => {
        for (const { key, use } of known) {
          const atMs = nowMs - Math.min(use.lastUsedMsAgo, REPORTED_FOR_MAX_MS);
          this.usage.count(key, use.outcome, atMs, use.count);
          if (use.outcome === 'VALID') this.keyUses.record(key, use, atMs, use.count);
        }
        this.counted += counted;
      });
      return true;
    });
    if (isPlausible) return counted;
    await this.recordRefusal(caller, verifier, total);
    throw DomainError.invalid('uses', 'uses are more than a verifier can decide in the time since its last report');
  }

  private async recordRefusal(caller: KeyCaller, verifier: Verifier, uses: number): Promise<void> {
    const nowMs = this.clock.nowMs();
    if (nowMs - (this.recordedAtMs.get(verifier.id) ?? Number.NEGATIVE_INFINITY) < RECORD_EVERY_MS) return;
    if (this.recordedAtMs.size >= REMEMBERED_MAX) this.recordedAtMs.clear();
    this.recordedAtMs.set(verifier.id, nowMs);
    await this.transactions.run((tx) =>
      this.verifiers.publish(tx, 'verifier.report_refused', caller, verifier, { keyId: caller.keyId, uses }),
    );
  }
}
