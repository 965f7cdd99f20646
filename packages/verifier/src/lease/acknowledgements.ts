import type { VerifierError } from '../errors.js';
import type { Attached } from '../server/attached.js';
import { backOffMs, pause } from '../server/backoff.js';

const TIMEOUT_MS = 2000;
const MAX_ATTEMPTS = 8;

/**
 * Tells the server what has been forgotten. Until it knows, revocations wait for the verifier's lease to end. One is sent at a time, and what is forgotten
 * meanwhile goes with the next.
 */
export class Acknowledgements {
  private due: number | null = null;
  private isSending = false;

  constructor(
    private readonly attached: Attached,
    private readonly signal: AbortSignal,
    private readonly onError: (error: VerifierError) => void,
  ) {}

  /** @param revision up to which everything has been forgotten: call it after, never before */
  acknowledge(revision: number): void {
    this.due = revision;
    if (!this.isSending) void this.sendAll();
  }

  private async sendAll(): Promise<void> {
    this.isSending = true;
    let failures = 0;
    while (this.due !== null && !this.signal.aborted) {
      const revision = this.due;
      this.due = null;
      try {
        await this.send(revision);
        failures = 0;
      } catch (error) {
        // It may have come to an instance that is a moment behind the one whose change it is.
        if (++failures < MAX_ATTEMPTS) this.due ??= revision;
        else this.onError(error as VerifierError);
        await pause(backOffMs(failures), this.signal);
      }
    }
    this.isSending = false;
  }

  private async send(revision: number): Promise<void> {
    await this.attached.request({
      method: 'POST',
      suffix: '/acknowledgements',
      body: JSON.stringify({ revision }),
      timeoutMs: TIMEOUT_MS,
      signal: this.signal,
    });
  }
}
