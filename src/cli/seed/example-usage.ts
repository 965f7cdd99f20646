import type { EntityManager } from 'typeorm';
import { inBatches } from '../../platform/runtime/batches.js';
import type { Outcome } from '../../verification/outcome.js';
import { addUsage as addCounts, type CountedKey, type HourCount } from '../../verification/usage/usage-counters.js';

const HOUR_MS = 3_600_000;
const HOURS_PER_DAY = 24;

/** How far back the counts of verifications go. */
const DAYS = 30;

/** Counts written at once. */
const BATCH = 1000;

/** How a key is used. */
export interface UsageProfile {
  /** Verifications in an average hour of a working day. */
  perHour: number;
  /** Which part of them is refused, by outcome. */
  refused?: Partial<Record<Outcome, number>>;
  /** The outcome of all of them since some days ago. */
  ended?: { daysAgo: number; outcome: Outcome };
}

/** Writes a month of verifications of a key, from its creation at the earliest. */
export async function addUsage(
  manager: EntityManager,
  key: CountedKey,
  profile: UsageProfile,
  createdAt: Date,
  nowMs: number,
): Promise<void> {
  const counts: HourCount[] = [];
  const thisHourMs = nowMs - (nowMs % HOUR_MS);
  for (let age = DAYS * HOURS_PER_DAY; age > 0; age -= 1) {
    const hour = new Date(thisHourMs - age * HOUR_MS);
    if (hour < createdAt) continue;
    for (const [outcome, count] of Object.entries(countHour(profile, hour, age / HOURS_PER_DAY)))
      if (count > 0) counts.push({ key, hourMs: hour.getTime(), outcome: outcome as Outcome, count });
  }
  for (const batch of inBatches(counts, BATCH)) await addCounts(manager, batch);
}

function countHour(
  { perHour, refused = {}, ended }: UsageProfile,
  hour: Date,
  daysAgo: number,
): Partial<Record<Outcome, number>> {
  const total = Math.round(perHour * loadOf(hour));
  if (ended && daysAgo < ended.daysAgo) return { [ended.outcome]: total };
  const refusals = Object.entries(refused).map(([outcome, part]) => [outcome, Math.round(total * part)] as const);
  const valid = total - refusals.reduce((sum, [, count]) => sum + count, 0);
  return { VALID: valid, ...Object.fromEntries(refusals) };
}

/** How busy an hour is: most in the early afternoon (UTC), half as much at weekends. */
function loadOf(hour: Date): number {
  const fromPeak = ((hour.getUTCHours() - 14) / HOURS_PER_DAY) * 2 * Math.PI;
  const isWeekend = [0, 6].includes(hour.getUTCDay());
  return (1 + 0.8 * Math.cos(fromPeak)) * (isWeekend ? 0.5 : 1);
}
