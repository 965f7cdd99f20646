import type { ForgetEvent, VerifierConnection, VerifierEvent } from '../../verifiers/attachment.js';
import type { ChangesView } from './verifiers.dto.js';

/** A verifier's connection for the time of one request. */
export class Poll implements VerifierConnection {
  /** A poll is answered, whether or not somebody is there to read it. */
  readonly isOpen = true;
  private readonly startedAtMs = performance.now();
  private readonly forgotten: ForgetEvent[] = [];
  private revision = 0;
  private validUntilMs = 0;
  private end: () => void = () => undefined;

  send(event: VerifierEvent): void {
    this.revision = event.revision;
    if (event.kind === 'lease') this.validUntilMs = performance.now() + event.validForMs;
    else {
      this.forgotten.push(event);
      this.end();
    }
  }

  close(): void {
    this.end();
  }

  /** Resolves when there is something to forget, when the connection is closed, or after a time. */
  async wait(forMs: number): Promise<void> {
    if (this.forgotten.length > 0 || forMs === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, forMs);
      this.end = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** What has been sent meanwhile. Whoever obeys forgets before relying on the lease. */
  read(): ChangesView {
    const nowMs = performance.now();
    return {
      revision: this.revision,
      forget: this.forgotten.flatMap(({ forget }) => forget),
      everything: this.forgotten.some(({ everything }) => everything),
      importsKeys: this.forgotten.some(({ importsKeys }) => importsKeys),
      heldMs: Math.floor(nowMs - this.startedAtMs),
      validForMs: Math.max(0, Math.floor(this.validUntilMs - nowMs)),
    };
  }
}
