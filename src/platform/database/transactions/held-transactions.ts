import type { Transaction } from './transaction.js';

type Work<T> = (tx: Transaction) => Promise<T>;

/** What a series of transactions writes beside their own work. */
export interface IdempotencyMarker<A> {
  /** The first thing in each of them: notes that the series is under way, or throws when it isn't this process's any more. */
  begin(tx: Transaction, isFirst: boolean): Promise<void>;
  /** The last thing in the last one: the answer that the series led to. */
  conclude(tx: Transaction, answer: A): Promise<void>;
  /** Takes back what {@link begin} noted, when the series failed with some of it committed. */
  release(tx: Transaction): Promise<void>;
}

interface Held {
  /** Ends the transaction with what is yet to be done in it; when that fails, all of it is undone. */
  end: (closing: Work<void>) => void;
  committed: Promise<unknown>;
}

/**
 * The transactions of one request, one after another. Each is held open after its work until the next one begins; the last one until the
 * answer is known, which is committed with it. So the answer is stored if and only if the last change is.
 */
export class HeldTransactions<A> {
  isOpen = true;
  hasCommitted = false;
  private turn: Promise<unknown> = Promise.resolve();
  private held: Held | null = null;

  /** @param execute runs a transaction, again when the engine asks for that and `isRepeatable` still says so */
  constructor(
    private readonly execute: (work: Work<void>, isRepeatable?: () => boolean) => Promise<void>,
    private readonly marker: IdempotencyMarker<A>,
  ) {}

  /** Runs `work` as the next transaction. What it changed is seen outside only once the next one begins, or the series is concluded. */
  run<T>(work: Work<T>): Promise<T> {
    const result = this.turn.then(() => this.hold(work));
    this.turn = result.catch(() => undefined);
    return result;
  }

  /** Commits the last transaction together with the answer. */
  async commit(answer: A): Promise<void> {
    await this.turn;
    if (!this.held) await this.run(() => Promise.resolve());
    this.isOpen = false;
    await this.release((tx) => this.marker.conclude(tx, answer));
  }

  /** Undoes the last transaction. Those before it stay. */
  async rollBack(): Promise<void> {
    await this.turn;
    this.isOpen = false;
    await this.release(() => Promise.reject(new Error('There is no answer.'))).catch(() => undefined);
    // Where that fails, too, the mark ends by itself after a while.
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
        // Once its result is out, the work can't be done again with another one.
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
