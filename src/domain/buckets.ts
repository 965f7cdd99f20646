/** How long something took, counted by ranges: plain numbers that cost next to nothing to add to, read only when somebody asks. */
export class Buckets {
  /** How many were up to the bound in the same place and above the one before; the last place is for what is above all bounds. */
  readonly counts: number[];
  sumSeconds = 0;

  /** @param bounds in seconds, rising */
  constructor(readonly bounds: readonly number[]) {
    this.counts = [...bounds.map(() => 0), 0];
  }

  add(seconds: number): void {
    const { bounds, counts } = this;
    let place = 0;
    while (seconds > (bounds[place] ?? Infinity)) place += 1;
    counts[place] = (counts[place] ?? 0) + 1;
    this.sumSeconds += seconds;
  }
}
