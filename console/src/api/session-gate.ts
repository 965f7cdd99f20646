import { KeywrightError } from './sdk.js';

/** Codes of a request whose login is no longer valid. */
const SESSION_OVER = new Set(['credential.invalid', 'credential.expired', 'session.revoked']);

export const isSessionOver = (error: unknown): boolean =>
  error instanceof KeywrightError && SESSION_OVER.has(error.code);

type State = 'unknown' | 'open' | 'ended';

/**
 * Whether there is a session. When it ends under a request, the request waits here until the person has signed in again: what was being done
 * goes on, and nothing that was typed is lost.
 */
class SessionGate {
  private state: State = 'unknown';
  private waiting: { go: () => void; stop: (reason: unknown) => void }[] = [];
  private readonly listeners = new Set<() => void>();

  get hasEnded(): boolean {
    return this.state === 'ended';
  }

  /** Somebody has signed in, or was signed in before: requests that wait are sent again. */
  open(): void {
    this.state = 'open';
    for (const { go } of this.waiting.splice(0)) go();
    this.tell();
  }

  /** The person does not want to go on: requests that wait fail with the reason for which they waited. */
  close(): void {
    this.state = 'unknown';
    const reason = new KeywrightError('You are signed out.', { code: 'credential.invalid', status: 401 });
    for (const { stop } of this.waiting.splice(0)) stop(reason);
    this.tell();
  }

  /**
   * Resolves when there is a session again.
   *
   * @throws the error, if there has been no session that could have ended
   */
  async reopened(error: unknown): Promise<void> {
    if (this.state === 'unknown') throw error;
    await new Promise<void>((go, stop) => {
      this.waiting.push({ go, stop });
      if (this.state === 'ended') return;
      this.state = 'ended';
      this.tell();
    });
  }

  /** @returns a function that ends the subscription */
  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}

export const sessionGate = new SessionGate();
