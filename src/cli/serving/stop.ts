import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

/** The signals that stop the server. */
export const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/** The longest time, after the delay, in which the server answers what is under way and writes what it has in memory. */
export const STOP_MS = 9500;

/** Ctrl+C reaches a server under npm twice: from the terminal, and from npm, which passes it on. */
const ECHO_MS = 250;

/**
 * Sees to it that the first signal ends the process in time, whatever hangs, and the second one at once, with 128 and the number of the signal
 * as the exit code.
 *
 * @param giveUp ends the process when it has not ended in time, and says why
 */
export function stopInTime(delaySeconds: number, giveUp: (reason: string) => void): void {
  let firstMs: number | null = null;
  for (const signal of SIGNALS)
    process.on(signal, () => {
      if (firstMs === null) {
        firstMs = performance.now();
        void sleep(delaySeconds * 1000 + STOP_MS, undefined, { ref: false }).then(() =>
          giveUp(
            'The server did not stop in time and was ended. What it had in memory, such as the latest counts, may be lost.',
          ),
        );
      } else if (performance.now() - firstMs > ECHO_MS) process.exit(128 + constants.signals[signal]);
    });
}
