import { letOthersIn } from '../../runtime/turns.js';

/** Processes requests together; its results are in the order of the requests. */
type Work<O, R> = (requests: O[]) => Promise<R[]>;

interface Waiting<O, R> {
  request: O;
  resolve: (result: R) => void;
  reject: (error: unknown) => void;
}

/** The most requests processed together. */
const BATCH_MAX = 50;

/**
 * Group commit: the first request of a kind is processed at once; requests of that kind that arrive meanwhile are processed together after it.
 * Under load, many requests share one transaction and one sync of the disk. A request is never processed by a transaction that began before it.
 */
export class BatchedTransactions {
  /** Waiting requests by kind; a kind without an entry is idle. */
  private readonly waiting = new Map<string, Waiting<unknown, unknown>[]>();

  /** @param isForAll whether an error concerns all requests alike; otherwise each is processed alone, so that no request fails because of another */
  constructor(private readonly isForAll: (error: unknown) => boolean) {}

  add<O, R>(kind: string, request: O, work: Work<O, R>): Promise<R> {
    return new Promise((resolve, reject) => {
      const one = { request, resolve, reject } as Waiting<unknown, unknown>;
      const others = this.waiting.get(kind);
      if (others) others.push(one);
      else void this.start(kind, one, work as Work<unknown, unknown>);
    });
  }

  private async start(kind: string, first: Waiting<unknown, unknown>, work: Work<unknown, unknown>): Promise<void> {
    const waiting = [first];
    this.waiting.set(kind, waiting);
    while (waiting.length > 0) {
      // Requests that have arrived are read first, so that they can join.
      await letOthersIn();
      await this.runBatch(waiting.splice(0, BATCH_MAX), work);
    }
    this.waiting.delete(kind);
  }

  private async runBatch(together: Waiting<unknown, unknown>[], work: Work<unknown, unknown>): Promise<void> {
    try {
      const results = await work(together.map(({ request }) => request));
      for (const [index, { resolve }] of together.entries()) resolve(results[index]);
    } catch (error) {
      if (together.length === 1 || this.isForAll(error)) for (const { reject } of together) reject(error);
      else for (const one of together) await this.runBatch([one], work);
    }
  }
}
