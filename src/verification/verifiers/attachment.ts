/** What a verifier is told. */
export type VerifierEvent = LeaseEvent | ForgetEvent;

/** The verifier may decide from memory for a time. */
export interface LeaseEvent {
  kind: 'lease';
  revision: number;
  validForMs: number;
}

/** The verifier must forget what depends on any of the ids, then acknowledge the revision. */
export interface ForgetEvent {
  kind: 'forget';
  revision: number;
  forget: readonly string[];
  /** Whether it must forget all that it remembers. */
  everything: boolean;
  /** Whether the merchant has imported keys from now on. */
  importsKeys: boolean;
}

/** The way on which a verifier is told. */
export interface VerifierConnection {
  /** Whether there may still be somebody who is told. */
  readonly isOpen: boolean;
  send(event: VerifierEvent): void;
  close(): void;
}

/** Something that a verifier was told while it had a lease, and has not acknowledged. */
interface Unacknowledged {
  revision: number;
  /** When the lease ends that it had, on the steady clock. A later one reaches it after what it was told, on the same way. */
  untilMs: number;
}

/** A verifier that is attached to this instance: what it was told, and for how long it may rely on the time before. */
export class Attachment {
  private connection: VerifierConnection | null = null;
  /** What waits until the changes before the connection have been read; `null` once these have been sent. */
  private waiting: ForgetEvent[] | null = null;
  private unacknowledged: Unacknowledged[] = [];
  private trustedUntilMs = Number.NEGATIVE_INFINITY;
  private connectedAtMs = Number.NEGATIVE_INFINITY;

  /** @param publicId the public id of the credential by which the verifier asks */
  constructor(
    readonly id: string,
    public publicId: string,
  ) {}

  get isConnected(): boolean {
    return this.connection !== null;
  }

  /** The time for which it has been connected here. */
  get connectedForMs(): number {
    return performance.now() - this.connectedAtMs;
  }

  /** The time for which a lease that it was given may still run. */
  get trustedForMs(): number {
    return Math.max(0, this.trustedUntilMs - performance.now());
  }

  /** The time for which it may still rely on what was so before a revision; 0 if it doesn't. */
  behindForMs(revision: number): number {
    const nowMs = performance.now();
    this.unacknowledged = this.unacknowledged.filter(({ untilMs }) => untilMs > nowMs);
    const last = this.unacknowledged.findLast((told) => told.revision <= revision);
    return last ? last.untilMs - nowMs : 0;
  }

  /**
   * Takes a new connection in place of the former one. Until {@link begin}, events wait.
   *
   * @param position the revision up to which the verifier has forgotten
   */
  connect(connection: VerifierConnection, position: number): void {
    this.connection?.close();
    this.connection = connection;
    this.waiting = [];
    this.acknowledge(position);
    this.connectedAtMs = performance.now();
  }

  /**
   * Begins to tell the verifier of changes.
   *
   * @param missed what it has to forget of the time before; `null` if nothing
   */
  begin(connection: VerifierConnection, missed: ForgetEvent | null): void {
    if (this.connection !== connection) return;
    if (missed) connection.send(missed);
    for (const event of this.waiting ?? []) connection.send(event);
    this.waiting = null;
  }

  /** @returns whether the connection was the present one */
  disconnect(connection: VerifierConnection): boolean {
    if (this.connection !== connection) return false;
    this.connection = null;
    this.waiting = null;
    return true;
  }

  close(): void {
    this.connection?.close();
  }

  /** Tells it what to forget. It may have a lease even when it isn't connected. */
  tell(event: ForgetEvent): void {
    if (this.trustedForMs > 0) this.unacknowledged.push({ revision: event.revision, untilMs: this.trustedUntilMs });
    if (this.waiting) this.waiting.push(event);
    else this.connection?.send(event);
  }

  /** Gives it a lease for as long as one is to be had, which may be no time at all. */
  grant(revision: number, availableMs: number): void {
    if (!this.connection?.isOpen || this.waiting) return;
    // A millisecond for what is lost when the times are rounded.
    const validForMs = Math.max(0, Math.floor(availableMs) - 1);
    this.trustedUntilMs = Math.max(this.trustedUntilMs, performance.now() + validForMs);
    this.connection.send({ kind: 'lease', revision, validForMs });
  }

  acknowledge(revision: number): void {
    this.unacknowledged = this.unacknowledged.filter((told) => told.revision > revision);
  }
}
