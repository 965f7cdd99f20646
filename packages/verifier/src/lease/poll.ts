import { readClock, type Clock } from '../clock.js';
import type { VerifierError } from '../errors.js';
import type { Attached } from '../server/attached.js';
import { backOffMs, pause } from '../server/backoff.js';
import { readChanges, type ForgetMessage } from '../server/messages.js';
import type { Grant } from './stream.js';

/** How long the server waits for a change. */
const WAIT_MS = 1000;
const TIMEOUT_MS = 4000;
/** The pause after an answer without a lease and without changes. */
const IDLE_MS = 200;

/** What is done with the answers. */
export interface PollListener {
  /** The revision up to which everything has been forgotten. To ask for what came after it acknowledges it. */
  readonly position: number;
  polled(poll: Poll, message: ForgetMessage, grant: Grant): void;
  failed(error: VerifierError): void;
}

/** Long polling, in place of a stream whose events a proxy holds back. */
export class Poll {
  private readonly controller = new AbortController();

  /** @param order as that of a stream */
  constructor(
    readonly order: number,
    private readonly attached: Attached,
    private readonly clock: Clock,
    private readonly listener: PollListener,
  ) {
    void this.run();
  }

  get isOpen(): boolean {
    return !this.controller.signal.aborted;
  }

  close(): void {
    this.controller.abort();
  }

  private async run(): Promise<void> {
    const { signal } = this.controller;
    let waitMs = 0;
    let failures = 0;
    while (this.isOpen)
      try {
        waitMs = await this.ask(waitMs);
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        this.listener.failed(error as VerifierError);
        await pause(backOffMs(++failures), signal);
      }
  }

  /** Returns how long the next answer may wait. */
  private async ask(waitMs: number): Promise<number> {
    const since = readClock(this.clock);
    const { signal } = this.controller;
    const suffix = `/changes?after=${this.listener.position}&waitMs=${waitMs}`;
    const message = readChanges(await this.attached.request({ suffix, timeoutMs: TIMEOUT_MS, signal }));
    if (!this.isOpen) return 0;
    const { revision, heldMs, validForMs, forget, everything } = message;
    // The answer was written at the earliest when the server had held the request for so long after it was sent.
    this.listener.polled(this, message, { since, forMs: heldMs + validForMs, revision, isEmpty: validForMs === 0 });
    if (everything || forget.length > 0) return 0;
    if (validForMs === 0) await pause(IDLE_MS, signal);
    return WAIT_MS;
  }
}
