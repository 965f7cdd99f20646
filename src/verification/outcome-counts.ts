import { Injectable } from '@nestjs/common';
import { Histogram } from '../platform/observability/metrics/histogram.js';
import { andThen, type MaybePromise } from '../platform/runtime/maybe-promise.js';
import { OUTCOMES, type Outcome, type Verdict } from './outcome.js';

/** From ten microseconds, for a cached key, to the longest wait for the database. */
const BOUNDS = [
  0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5,
];

/** The number and duration of verifications, kept in plain numbers because anything else would cost more than a verification. */
@Injectable()
export class OutcomeCounts {
  /** By the outcome's index in {@link OUTCOMES}. */
  readonly counts: number[] = OUTCOMES.map(() => 0);
  /** The number of verifications that ended without an outcome, because the database was unavailable. */
  failures = 0;
  readonly latencies = new Histogram(BOUNDS);

  /** @param startMs when the verification began, on the monotonic clock */
  count(verdict: MaybePromise<Verdict>, startMs: number): void {
    void andThen(
      verdict,
      ({ outcome }) => this.countOutcome(outcome, startMs),
      () => this.countFailure(startMs),
    );
  }

  private countOutcome(outcome: Outcome, startMs: number): void {
    // The most frequent outcomes come first in their order, so that this is found at once.
    const place = OUTCOMES.indexOf(outcome);
    this.counts[place] = (this.counts[place] ?? 0) + 1;
    this.latencies.observe((performance.now() - startMs) / 1000);
  }

  private countFailure(startMs: number): void {
    this.failures += 1;
    this.latencies.observe((performance.now() - startMs) / 1000);
  }
}
