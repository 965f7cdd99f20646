import { setTimeout as sleep } from 'node:timers/promises';

const FIRST_MS = 100;
const LONGEST_MS = 5000;

/**
 * Returns how long to wait before another attempt: not at all the first time, then exponentially longer, with jitter.
 *
 * @param failures the number of attempts that have failed, from 1
 */
export function backOffMs(failures: number): number {
  if (failures <= 1) return 0;
  return Math.min(LONGEST_MS, FIRST_MS * 2 ** (failures - 2)) * (0.5 + Math.random() / 2);
}

/** Waits, or until the signal ends it. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal, ref: false }).catch(() => undefined);
}
