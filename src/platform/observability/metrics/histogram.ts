/** How long something took, counted by ranges: plain numbers that cost next to nothing to add to, read only when somebody asks. */
export class Histogram {
  /** In each place how many were above the bound before and not above the bound in the same place; in the last one, how many were above all. */
  readonly counts: number[];
  sumSeconds = 0;

  /** @param bounds in seconds, rising */
  constructor(readonly bounds: readonly number[]) {
    this.counts = [...bounds.map(() => 0), 0];
  }

  observe(seconds: number): void {
    const { bounds, counts } = this;
    let place = 0;
    while (seconds > (bounds[place] ?? Infinity)) place += 1;
    counts[place] = (counts[place] ?? 0) + 1;
    this.sumSeconds += seconds;
  }
}
