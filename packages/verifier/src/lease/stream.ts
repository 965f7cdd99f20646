import { haveMovedApart } from './lease.js';
import { readClock, type Clock, type Instant } from '../clock.js';
import { asVerifierError, type VerifierError } from '../errors.js';
import type { Attached } from '../server/attached.js';
import { EventReader, type ServerEvent } from './events.js';
import { readForget, readLease, readServerTime, type ForgetMessage, type LeaseMessage } from '../server/messages.js';

/** How long a stream may bring no event. Events come about every second. */
const SILENCE_MS = 3000;
/** How long a stream lasts, so that the clocks' drift stays small. */
const LIFE_MS = 5 * 60_000;
/** A stream that lives shorter has failed. */
const HEALTHY_MS = 5000;

/**
 * Why a stream is to be replaced:
 * - `due`: its time is over, or the clocks have moved apart; it goes on until the next one has granted a lease
 * - `late`: it took so long to open that its leases are short; it goes on, too
 * - `buffered`: no event has come at all, so that a proxy may hold them back
 * - `ended`: the connection has ended
 * - an error: the server has refused it, or could not be reached
 */
export type Fate = 'due' | 'late' | 'buffered' | 'ended' | VerifierError;

/** A lease, counted from a moment on the verifier's own clocks. */
export interface Grant {
  since: Instant;
  forMs: number;
  /** The revision up to which the server has sent what is to be forgotten. */
  revision: number;
  /** Whether there is no lease at present, because something must be acknowledged first. */
  isEmpty: boolean;
}

/** What is done with a stream's events. */
export interface Listener {
  granted(stream: Stream, grant: Grant): void;
  changed(stream: Stream, message: ForgetMessage): void;
}

interface FirstEvent {
  /** The server's time when it wrote the event. */
  serverMs: number;
  /** How long the event took to come, since the stream was asked for. */
  afterMs: number;
}

/** A stream of events: leases, and what is to be forgotten. */
export class Stream {
  /** Resolves when the stream is to be replaced. Never rejects. */
  readonly fate: Promise<Fate>;
  private readonly since: Instant;
  private readonly controller = new AbortController();
  private readonly lifeTimer: NodeJS.Timeout;
  private silenceTimer: NodeJS.Timeout | undefined;
  private first: FirstEvent | undefined;
  private settle: (fate: Fate) => void = () => undefined;

  /**
   * @param order increases with each stream
   * @param after the revision up to which everything has been forgotten
   */
  constructor(
    readonly order: number,
    after: number,
    private readonly attached: Attached,
    private readonly clock: Clock,
    private readonly listener: Listener,
  ) {
    this.fate = new Promise((resolve) => (this.settle = resolve));
    this.since = readClock(clock);
    this.lifeTimer = setTimeout(() => this.settle('due'), LIFE_MS * (0.9 + Math.random() / 10)).unref();
    this.expectEvent();
    void this.run(after);
  }

  get isOpen(): boolean {
    return !this.controller.signal.aborted;
  }

  /** Whether the stream has worked for a while. */
  get wasHealthy(): boolean {
    return this.first !== undefined && this.clock.steadyMs() - this.since.steadyMs > HEALTHY_MS;
  }

  /** Ends the stream. What it may still hold is not read. */
  close(fate: Fate = 'ended'): void {
    clearTimeout(this.lifeTimer);
    clearTimeout(this.silenceTimer);
    this.controller.abort();
    this.settle(fate);
  }

  private async run(after: number): Promise<void> {
    const reader = new EventReader();
    try {
      const pieces = this.attached.stream({
        suffix: `/stream?after=${after}`,
        headers: { Accept: 'text/event-stream' },
        timeoutMs: SILENCE_MS + 1000,
        signal: this.controller.signal,
      });
      for await (const piece of pieces) for (const event of reader.read(piece)) if (this.isOpen) this.handle(event);
      this.close('ended');
    } catch (error) {
      this.close(asVerifierError(error));
    }
  }

  private handle({ type, data }: ServerEvent): void {
    const message: unknown = JSON.parse(data);
    this.first ??= { serverMs: readServerTime(message), afterMs: this.clock.steadyMs() - this.since.steadyMs };
    this.expectEvent();
    if (type === 'forget') this.listener.changed(this, readForget(message));
    if (type === 'lease') this.grant(readLease(message), this.first);
    if (haveMovedApart(this.since, readClock(this.clock))) this.settle('due');
  }

  /**
   * Grants a lease. The server wrote its first event after the stream was asked for. So its clock said at most `first.serverMs` when the verifier's own said
   * `since`, and an end on the server's clock is never too late on the verifier's, however long the events were on their way.
   */
  private grant({ revision, serverTimeMs, validForMs }: LeaseMessage, first: FirstEvent): void {
    const forMs = serverTimeMs - first.serverMs + validForMs;
    this.listener.granted(this, { since: this.since, forMs, revision, isEmpty: validForMs === 0 });
    if (validForMs > 0 && first.afterMs > validForMs / 2) this.settle('late');
  }

  private expectEvent(): void {
    clearTimeout(this.silenceTimer);
    const fate = this.first === undefined ? 'buffered' : 'ended';
    this.silenceTimer = setTimeout(() => this.close(fate), SILENCE_MS).unref();
  }
}
