import type { UsageInterval, UsageIntervalView } from '../api/sdk.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** The periods that usage is shown for, each in intervals of one length. */
export const PERIODS = {
  '24h': { interval: 'hour', stepMs: HOUR_MS, count: 24 },
  '7d': { interval: 'hour', stepMs: HOUR_MS, count: 7 * 24 },
  '30d': { interval: 'day', stepMs: DAY_MS, count: 30 },
} satisfies Record<string, { interval: UsageInterval; stepMs: number; count: number }>;

export type Period = keyof typeof PERIODS;

/** The start of a period that ends now, at the border of an interval. */
export function startOf(period: Period): Date {
  const { stepMs, count } = PERIODS[period];
  return new Date((Math.floor(Date.now() / stepMs) - count + 1) * stepMs);
}

export const totalOf = (counts: Record<string, number>): number => Object.values(counts).reduce((a, b) => a + b, 0);

/** Every interval of a period with its counts, also those in which nothing was verified, which the server leaves out. */
export function fillIntervals(period: Period, intervals: UsageIntervalView[]): UsageIntervalView[] {
  const { stepMs, count } = PERIODS[period];
  const byStart = new Map(intervals.map(({ start, counts }) => [Date.parse(start), counts]));
  const first = startOf(period).getTime();
  return Array.from({ length: count }, (_, index) => {
    const start = first + index * stepMs;
    return { start: new Date(start).toISOString(), counts: byStart.get(start) ?? {} };
  });
}

/** The counts of all intervals together, by outcome. */
export function sumByOutcome(intervals: UsageIntervalView[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { counts } of intervals)
    for (const [outcome, n] of Object.entries(counts)) sums[outcome] = (sums[outcome] ?? 0) + n;
  return sums;
}
