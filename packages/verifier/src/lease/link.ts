import type { Clock } from '../clock.js';
import type { VerifierError } from '../errors.js';
import type { Lease } from './lease.js';
import type { Knowledge } from '../memory/knowledge.js';
import { Acknowledgements } from './acknowledgements.js';
import { isUnknown, type Attached } from '../server/attached.js';
import { backOffMs, pause } from '../server/backoff.js';
import type { ForgetMessage } from '../server/messages.js';
import { Poll, type PollListener } from './poll.js';
import { Stream, type Fate, type Grant, type Listener } from './stream.js';

/** How long long polling goes on before a stream is tried again. */
const POLLING_MS = 60_000;

/** Where leases come from. */
type Source = Stream | Poll;

/** What is used of it to keep the verifier's lease, and to forget in time. */
export interface LinkOptions {
  attached: Attached;
  clock: Clock;
  knowledge: Knowledge;
  lease: Lease;
  onError: (error: VerifierError) => void;
}

/**
 * Keeps a stream of the server open. There may be two for a moment, when one takes another's place, and they may lead to different instances. Then:
 *
 * - Something to forget is forgotten whichever of them says so, before it is acknowledged. To forget too much is never wrong.
 * - The lease is that of the newest source that has granted one, never the longest. Each instance waits for those alone to whom it has granted a lease: once the
 *   older source is closed, its instance can say nothing more, and so its lease counts no longer, from before it is closed.
 * - The newer one goes on from the position, so that it says whatever the older one has not said.
 */
export class Link implements Listener, PollListener {
  private readonly closing = new AbortController();
  private readonly sources = new Set<Source>();
  private readonly acknowledgements: Acknowledgements;
  private order = 0;
  /** The order of the source that has granted the lease. */
  private granting = 0;
  private lastError: string | undefined;
  private onFirstLease: () => void = () => undefined;
  /** Resolves at the first lease. */
  readonly leased = new Promise<void>((resolve) => (this.onFirstLease = resolve));

  constructor(private readonly options: LinkOptions) {
    const { attached } = options;
    this.acknowledgements = new Acknowledgements(attached, this.closing.signal, (error) => this.failed(error));
    void this.keepOpen();
  }

  get position(): number {
    return this.options.knowledge.position;
  }

  private get isOpen(): boolean {
    return !this.closing.signal.aborted;
  }

  /** Ends the lease and all streams. */
  close(): void {
    this.closing.abort();
    this.options.lease.end();
    for (const source of this.sources) source.close();
  }

  changed(source: Source, message: ForgetMessage): void {
    this.forget(source, message);
    this.acknowledgements.acknowledge(message.revision);
  }

  granted(source: Source, { since, forMs, revision, isEmpty }: Grant): void {
    const { lease, knowledge } = this.options;
    if (source.order < this.granting || (isEmpty && source.order > this.granting)) return;
    this.granting = source.order;
    lease.grant(since, forMs);
    if (isEmpty) return;
    // The server grants a lease when it has sent all that was to be forgotten, and knows that it was.
    knowledge.advance(revision);
    this.closeOthers(source, ({ order }) => order < source.order);
    this.lastError = undefined;
    this.onFirstLease();
  }

  polled(poll: Poll, message: ForgetMessage, grant: Grant): void {
    this.forget(poll, message);
    this.granted(poll, grant);
  }

  failed(error: VerifierError): void {
    // The verifier's own key is valid no longer, and so is nothing that it was told by it.
    if (error.status === 401 || error.status === 403) this.options.lease.end();
    // Told once, not at each attempt.
    if (this.lastError === error.code || !this.isOpen) return;
    this.lastError = error.code;
    this.options.onError(error);
  }

  private forget(source: Source, message: ForgetMessage): void {
    if (!this.options.knowledge.forget(message)) return;
    // What instances said before the database was restored is of another history.
    this.options.lease.end();
    this.granting = source.order;
    this.closeOthers(source, () => true);
  }

  private closeOthers(source: Source, matches: (other: Source) => boolean): void {
    for (const other of this.sources)
      if (other !== source && matches(other)) {
        this.sources.delete(other);
        other.close();
      }
  }

  private async keepOpen(): Promise<void> {
    const { signal } = this.closing;
    let failures = 0;
    while (!signal.aborted) {
      const { id } = this.options.attached;
      const stream = this.openStream();
      const fate = await stream.fate;
      if (!stream.isOpen) this.sources.delete(stream);
      if (!this.isOpen) return;
      failures = fate === 'due' || stream.wasHealthy ? 0 : failures + 1;
      await this.prepareNext(fate, id, failures);
    }
  }

  private openStream(): Stream {
    const { attached, clock } = this.options;
    const stream = new Stream(++this.order, this.position, attached, clock, this);
    this.sources.add(stream);
    return stream;
  }

  /** Does what has to be done before the next stream. */
  private async prepareNext(fate: Fate, id: string, failures: number): Promise<void> {
    const { signal } = this.closing;
    if (fate === 'buffered') {
      this.poll();
      return pause(POLLING_MS, signal);
    }
    if (fate instanceof Error) {
      if (!isUnknown(fate)) this.failed(fate);
      else await this.options.attached.renew(id).catch((error: unknown) => this.failed(error as VerifierError));
    }
    const waitMs = Math.max(backOffMs(failures), ((fate as VerifierError).retryAfterSeconds ?? 0) * 1000);
    await pause(waitMs, signal);
  }

  private poll(): void {
    for (const source of this.sources) if (source instanceof Poll) return;
    const { attached, clock } = this.options;
    this.sources.add(new Poll(++this.order, attached, clock, this));
  }
}
