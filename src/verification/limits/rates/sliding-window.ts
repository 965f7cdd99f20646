/** The number of parts that a window is divided into when its limit is higher. A lower limit is counted to the request. */
const PARTS = 60;

/** Parts in memory: those of a whole window, and one at each end. */
const PARTS_MAX = 64;

const SMALLEST_CAPACITY = 4;

/**
 * Returns the time within which requests share one part of a window. A part slides out of the window after its latest request, so that a limit
 * may count requests for up to this time longer than the window, and never shorter.
 */
export const partMs = (limit: number, windowMs: number): number => (limit > PARTS ? windowMs / PARTS : 0);

/**
 * What a key has used in the latest window, at any moment: the window slides. Times are in whole milliseconds. The oldest parts are removed as
 * they leave the window, so that memory is bounded whatever the limit.
 */
export class SlidingWindow {
  /** The cost of all requests in the window. */
  used = 0;
  /** A ring: the time of each part's latest request, and the cost of its requests. */
  private times = new Float64Array(SMALLEST_CAPACITY);
  private costs = new Float64Array(SMALLEST_CAPACITY);
  private oldest = 0;
  private count = 0;
  /** When the newest part began. */
  private openedMs = 0;

  /** Counts a request, or refuses it if it would exceed the limit. A refused request uses up nothing. */
  take(limit: number, windowMs: number, cost: number, nowMs: number): boolean {
    this.slide(windowMs, nowMs);
    if (this.used + cost > limit) return false;
    const newest = this.indexOf(this.count - 1);
    const isSamePart =
      this.count > 0 &&
      (nowMs === this.times[newest] || nowMs - this.openedMs < partMs(limit, windowMs) || this.count === PARTS_MAX);
    if (isSamePart) this.costs[newest] = (this.costs[newest] ?? 0) + cost;
    else this.open(cost, nowMs);
    this.times[this.indexOf(this.count - 1)] = nowMs;
    this.used += cost;
    return true;
  }

  /** Takes back a request that was counted at `atMs`. */
  restore(cost: number, atMs: number): void {
    let place = this.count - 1;
    while (place > 0 && (this.times[this.indexOf(place - 1)] ?? 0) >= atMs) place -= 1;
    const index = this.indexOf(place);
    const restored = Math.min(cost, place < 0 ? 0 : (this.costs[index] ?? 0));
    if (restored === 0) return;
    this.costs[index] = (this.costs[index] ?? 0) - restored;
    this.used -= restored;
  }

  /** Removes what has left the window. */
  slide(windowMs: number, nowMs: number): void {
    if (this.count > 0 && nowMs < (this.times[this.indexOf(this.count - 1)] ?? 0)) this.setBack(nowMs);
    while (this.count > 0 && nowMs - (this.times[this.oldest] ?? 0) >= windowMs) {
      this.used -= this.costs[this.oldest] ?? 0;
      this.oldest = this.indexOf(1);
      this.count -= 1;
    }
  }

  /** Returns the time until a request fits, or, if `cost` is 0, until the oldest part leaves the window. */
  waitMs(limit: number, windowMs: number, cost: number, nowMs: number): number {
    let left = this.used;
    for (let place = 0; place < this.count; place += 1) {
      const index = this.indexOf(place);
      left -= this.costs[index] ?? 0;
      if (left + cost <= limit && left < this.used) return Math.max(0, (this.times[index] ?? 0) + windowMs - nowMs);
    }
    return windowMs;
  }

  private indexOf(place: number): number {
    return (this.oldest + place) & (this.times.length - 1);
  }

  private open(cost: number, nowMs: number): void {
    if (this.count === this.times.length) this.grow();
    this.count += 1;
    this.openedMs = nowMs;
    this.costs[this.indexOf(this.count - 1)] = cost;
  }

  private grow(): void {
    const { times, costs, oldest, count } = this;
    this.times = new Float64Array(2 * count);
    this.costs = new Float64Array(2 * count);
    for (let place = 0; place < count; place += 1) {
      const from = (oldest + place) & (count - 1);
      this.times[place] = times[from] ?? 0;
      this.costs[place] = costs[from] ?? 0;
    }
    this.oldest = 0;
  }

  /** Handles a clock that was set back: as if no time had passed since the latest request. */
  private setBack(nowMs: number): void {
    const by = (this.times[this.indexOf(this.count - 1)] ?? 0) - nowMs;
    for (let place = 0; place < this.count; place += 1) {
      const index = this.indexOf(place);
      this.times[index] = (this.times[index] ?? 0) - by;
    }
    this.openedMs -= by;
  }
}
