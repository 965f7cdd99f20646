import { Injectable } from '@nestjs/common';
import { LastUse } from '../api-keys/uses/last-use.js';
import { MetricsRegistry } from '../platform/observability/metrics/metrics-registry.js';
import { KeyCache } from './cache/key-cache.js';
import { Lease } from './barrier/lease.js';
import { RevocationBarrier } from './barrier/revocation-barrier.js';
import { CacheValidity } from './cache/cache-validity.js';
import { Quotas } from './limits/quotas/quotas.js';
import { OUTCOMES } from './outcome.js';
import { OutcomeCounts } from './outcome-counts.js';
import { Usage } from './usage/usage.js';
import { Attachments } from './verifiers/attachments.js';
import { UseReports } from './verifiers/use-reports.js';

/** Registers the metrics of verification. */
@Injectable()
export class VerificationMetrics {
  constructor(
    private readonly metrics: MetricsRegistry,
    private readonly outcomeCounts: OutcomeCounts,
    private readonly cache: KeyCache,
    private readonly barrier: RevocationBarrier,
    private readonly lease: Lease,
    private readonly validity: CacheValidity,
    private readonly lastUse: LastUse,
    private readonly quotas: Quotas,
    private readonly usage: Usage,
    private readonly attachments: Attachments,
    private readonly useReports: UseReports,
  ) {
    this.addVerifications();
    this.addCache();
    this.addInstances();
    this.addVerifiers();
    this.addFlushes();
  }

  private addVerifications(): void {
    const { outcomeCounts } = this;
    this.metrics.add(
      {
        kind: 'counter',
        name: 'keywright_verifications_total',
        help: 'Verifications by outcome. UNAVAILABLE counts those without an outcome, because the database was unavailable.',
        labels: ['outcome'],
        read: () => [
          ...OUTCOMES.map((outcome, index) => ({ value: outcomeCounts.counts[index] ?? 0, labels: { outcome } })),
          { value: outcomeCounts.failures, labels: { outcome: 'UNAVAILABLE' } },
        ],
      },
      {
        kind: 'durations',
        name: 'keywright_verification_duration_seconds',
        help: 'Duration of verifications, from the presented credential to the outcome.',
        histogram: outcomeCounts.latencies,
      },
    );
  }

  private addCache(): void {
    const { cache } = this;
    this.metrics.add(
      {
        kind: 'counter',
        name: 'keywright_keyring_lookups_total',
        help: 'Look-ups in the key cache, by whether it had the answer.',
        labels: ['result'],
        read: () => [
          { value: cache.hits, labels: { result: 'hit' } },
          { value: cache.misses, labels: { result: 'miss' } },
        ],
      },
      {
        kind: 'counter',
        name: 'keywright_keyring_fills_total',
        help: 'Keys read from the database. Concurrent look-ups of the same key share a read.',
        read: () => cache.fillsStarted,
      },
      {
        kind: 'gauge',
        name: 'keywright_keyring_entries',
        help: 'Public ids in the key cache: those of keys (known) and those that belong to no key (unknown).',
        labels: ['kind'],
        read: () => [
          { value: cache.size, labels: { kind: 'known' } },
          { value: cache.unknownSize, labels: { kind: 'unknown' } },
        ],
      },
    );
  }

  private addInstances(): void {
    const { barrier, lease, validity } = this;
    this.metrics.add(
      {
        kind: 'durations',
        name: 'keywright_barrier_wait_seconds',
        help: 'Time for which revoking and restricting calls waited for all instances.',
        histogram: barrier.waits,
      },
      {
        kind: 'gauge',
        name: 'keywright_barrier_waiting',
        help: 'Changes that are waiting for all instances.',
        read: () => barrier.waiting,
      },
      {
        kind: 'gauge',
        name: 'keywright_lease_held',
        help: '1 while this instance may answer from its key cache, 0 while it reads the database for each key.',
        read: () => Number(validity.holds()),
      },
      {
        kind: 'gauge',
        name: 'keywright_lease_age_seconds',
        help: 'Time since the lease was renewed.',
        read: () => lease.ageMs / 1000,
      },
      {
        kind: 'gauge',
        name: 'keywright_instances',
        help: 'Instances that hold a lease, as seen by this instance.',
        read: () => lease.liveInstances,
      },
    );
  }

  private addVerifiers(): void {
    const { attachments, useReports } = this;
    this.metrics.add(
      {
        kind: 'gauge',
        name: 'keywright_verifiers',
        help: 'Verifiers in processes of merchants that this instance tells of changes.',
        read: () => attachments.connected,
      },
      {
        kind: 'counter',
        name: 'keywright_verifier_uses_total',
        help: 'Uses of keys that verifiers have reported to this instance.',
        read: () => useReports.counted,
      },
    );
  }

  private addFlushes(): void {
    const parts = Object.entries({ last_use: this.lastUse, quotas: this.quotas, usage: this.usage });
    this.metrics.add({
      kind: 'gauge',
      name: 'keywright_flush_lag_seconds',
      help: 'Longest time that a count may have waited to be written.',
      labels: ['of'],
      read: () => parts.map(([of, part]) => ({ value: part.lagMs / 1000, labels: { of } })),
    });
  }
}
