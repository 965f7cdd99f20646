import type { Transaction } from './transaction.js';

type Work<T> = (tx: Transaction) => Promise<T>;

/** The rows that mark a repeatable request as under way, and then as answered. */
export interface IdempotencyMarker<A> {
  /** Runs first in each transaction: marks the request as under way, or throws when another process has taken it over. */
  begin(tx: Transaction, isFirst: boolean): Promise<void>;
  /** Runs last in the last transaction: stores the answer. */
  conclude(tx: Transaction, answer: A): Promise<void>;
  /** Removes the mark of {@link begin}, when the request failed after some of its transactions were committed. */
  release(tx: Transaction): Promise<void>;
}

interface Held {
  /** Runs the closing work and ends the transaction; a failure undoes all of it. */
  end: (closing: Work<void>) => void;
  committed: Promise<unknown>;
}

/**
 * The transactions of one request, one after another. Each is held open after its work until the next one begins; the last one is held until
 * the answer is known, and is committed with it. So the answer is stored if and only if the last change is.
 */
export class HeldTransactions<A> {
  isOpen = true;
  hasCommitted = false;
  private queue: Promise<unknown> = Promise.resolve();
  private held: Held | null = null;

  /** @param execute runs a transaction, and again when the engine asks for a retry while `isRepeatable` returns true */
  constructor(
    private readonly execute: (work: Work<void>, isRepeatable?: () => boolean) => Promise<void>,
    private readonly marker: IdempotencyMarker<A>,
  ) {}

  /** Runs `work` as the next transaction. Its changes become visible to others when the next one begins or the last one is committed. */
  run<T>(work: Work<T>): Promise<T> {
    const result = this.queue.then(() => this.hold(work));
    this.queue = result.catch(() => undefined);
    return result;
  }

  /** Commits the last transaction together with the answer. */
  async commit(answer: A): Promise<void> {
    await this.queue;
    if (!this.held) await this.run(() => Promise.resolve());
    this.isOpen = false;
    await this.release((tx) => this.marker.conclude(tx, answer));
  }

  /** Rolls the last transaction back. The transactions before it stay committed. */
  async rollBack(): Promise<void> {
    await this.queue;
    this.isOpen = false;
    await this.release(() => Promise.reject(new Error('The request has no answer.'))).catch(() => undefined);
    // If that fails as well, the mark expires by itself.
    if (this.hasCommitted) await this.execute((tx) => this.marker.release(tx)).catch(() => undefined);
  }

  private async hold<T>(work: Work<T>): Promise<T> {
    await this.release(() => Promise.resolve());
    return new Promise((resolve, reject) => {
      let isHeld = false;
      const committed = this.execute(
        async (tx) => {
          tx.during('announce', () => void (this.hasCommitted = true));
          await this.marker.begin(tx, !this.hasCommitted);
          const result = await work(tx);
          const closing = await new Promise<Work<void>>((end) => {
            this.held = { end, committed };
            isHeld = true;
            resolve(result);
          });
          await closing(tx);
        },
        // Once the result has been returned, a retry could return another one.
        () => !isHeld,
      );
      committed.catch(reject);
    });
  }

  private async release(closing: Work<void>): Promise<void> {
    const { held } = this;
    if (!held) return;
    this.held = null;
    held.end(closing);
    await held.committed;
  }
}
