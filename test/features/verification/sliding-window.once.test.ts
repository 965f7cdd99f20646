/** Guarantees of a rate limit's arithmetic: no window of its length ever holds more than the limit, and nothing is refused that fits. */

import fc from 'fast-check';
import { partMs, SlidingWindow } from '../../../src/verification/limits/rates/sliding-window.js';

interface Request {
  /** Milliseconds since the request before. */
  after: number;
  cost: number;
}

const WINDOW_MS = 2000;

const requests = (limit: number) =>
  fc.array(
    fc.record({
      after: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 2500 })),
      cost: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: limit })),
    }),
    { maxLength: 300 },
  );

/** The cost of all admitted requests after a time. */
const costAfter = (admitted: { atMs: number; cost: number }[], atMs: number): number =>
  admitted.reduce((sum, one) => (one.atMs > atMs ? sum + one.cost : sum), 0);

describe('a sliding window', () => {
  it.each([1, 10, 60, 61, 1000, 100_000])('of %i admits at most that, and all that fits', (limit) => {
    fc.assert(
      fc.property(requests(limit), (all: Request[]) => {
        const window = new SlidingWindow();
        const admitted: { atMs: number; cost: number }[] = [];
        let nowMs = 1_700_000_000_000;
        for (const { after, cost } of all) {
          nowMs += after;
          if (window.take(limit, WINDOW_MS, cost, nowMs)) {
            admitted.push({ atMs: nowMs, cost });
            expect(costAfter(admitted, nowMs - WINDOW_MS)).toBeLessThanOrEqual(limit);
          } else {
            const strict = costAfter(admitted, nowMs - WINDOW_MS - partMs(limit, WINDOW_MS));
            expect(strict + cost).toBeGreaterThan(limit);
            const waitMs = window.waitMs(limit, WINDOW_MS, cost, nowMs);
            expect(waitMs).toBeGreaterThan(0);
            expect(waitMs).toBeLessThanOrEqual(WINDOW_MS);
            // A client that waits that long, and no shorter, is admitted.
            expect(window.take(limit, WINDOW_MS, cost, nowMs + waitMs - 1)).toBe(false);
            nowMs += waitMs;
            expect(window.take(limit, WINDOW_MS, cost, nowMs)).toBe(true);
            admitted.push({ atMs: nowMs, cost });
          }
        }
      }),
    );
  });

  it('admits the whole limit of a fresh key at once', () => {
    for (const limit of [1, 60, 61, 100_000]) {
      const window = new SlidingWindow();
      let admitted = 0;
      while (window.take(limit, WINDOW_MS, 1, 5)) admitted += 1;
      expect(admitted).toBe(limit);
      expect(window.take(limit, WINDOW_MS, limit, 5 + WINDOW_MS)).toBe(true);
    }
  });

  it('takes a request back from where it was counted', () => {
    const window = new SlidingWindow();
    expect([window.take(3, 100, 1, 0), window.take(3, 100, 2, 50)]).toEqual([true, true]);
    window.restore(1, 0);
    expect(window.take(3, 100, 1, 60)).toBe(true);
    // Of what was counted at 50 and 60, nothing has left the window.
    expect(window.take(3, 100, 1, 140)).toBe(false);
    expect(window.take(3, 100, 2, 150)).toBe(true);
    expect(window.take(3, 100, 1, 159)).toBe(false);
    expect(window.take(3, 100, 1, 160)).toBe(true);
  });

  it('is as full as before when the clock is set back', () => {
    const window = new SlidingWindow();
    expect(window.take(2, 1000, 2, 1_000_000)).toBe(true);
    expect(window.take(2, 1000, 1, 500)).toBe(false);
    expect(window.take(2, 1000, 1, 1499)).toBe(false);
    expect(window.take(2, 1000, 1, 1500)).toBe(true);
  });

  it('keeps to a limit that changes, and in bounded memory', () => {
    const window = new SlidingWindow();
    for (let ms = 0; ms < 3000; ms += 1) window.take(100_000, 1000, 7, ms);
    expect(window.take(10, 1000, 1, 3000)).toBe(false);
    // What the longer window holds still counts in it.
    expect(window.take(60, 60_000, 1, 62_000)).toBe(false);
    for (let ms = 63_000; ms < 64_000; ms += 1) expect(window.take(60, 60_000, 1, ms)).toBe(ms < 63_060);
    expect(JSON.stringify(window).length).toBeLessThan(8000);
  });
});
