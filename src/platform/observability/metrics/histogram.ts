/** Counts durations by ranges in plain numbers, which are cheap to update and read only when metrics are collected. */
export class Histogram {
  /** The number of durations in each range; the last range is above all bounds. */
  readonly counts: number[];
  sumSeconds = 0;

  /** @param bounds the upper bounds of the ranges in seconds, ascending */
  constructor(readonly bounds: readonly number[]) {
    this.counts = [...bounds.map(() => 0), 0];
  }

  observe(seconds: number): void {
    const { bounds, counts } = this;
    let range = 0;
    while (seconds > (bounds[range] ?? Infinity)) range += 1;
    counts[range] = (counts[range] ?? 0) + 1;
    this.sumSeconds += seconds;
  }
}
