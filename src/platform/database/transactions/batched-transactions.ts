/** Carries orders out; the results are in their order. */
type Work<O, R> = (orders: O[]) => Promise<R[]>;

interface Waiting<O, R> {
  order: O;
  resolve: (result: R) => void;
  reject: (error: unknown) => void;
}

/** Orders that are carried out together. */
const BATCH_MAX = 50;

/**
 * Orders of one kind. The first is carried out at once; those that come while it is are carried out after it, together. So whoever is busy
 * waits for the database and its disk once for many orders, and nothing that was there before an order came is missed by it.
 */
export class BatchedTransactions {
  /** By kind, what waits for the work that is under way; for a kind that isn't here nothing is. */
  private readonly waiting = new Map<string, Waiting<unknown, unknown>[]>();

  /**
   * @param isForAll whether an error says nothing of the orders; else each is tried alone, so that nobody fails by what somebody else asked for
   * @param gather waits for others that are about to come
   */
  constructor(
    private readonly isForAll: (error: unknown) => boolean,
    private readonly gather: () => Promise<unknown> = () => Promise.resolve(),
  ) {}

  add<O, R>(kind: string, order: O, work: Work<O, R>): Promise<R> {
    return new Promise((resolve, reject) => {
      const one = { order, resolve, reject } as Waiting<unknown, unknown>;
      const others = this.waiting.get(kind);
      if (others) others.push(one);
      else void this.start(kind, one, work as Work<unknown, unknown>);
    });
  }

  private async start(kind: string, first: Waiting<unknown, unknown>, work: Work<unknown, unknown>): Promise<void> {
    const waiting = [first];
    this.waiting.set(kind, waiting);
    while (waiting.length > 0) {
      await this.gather();
      await this.runBatch(waiting.splice(0, BATCH_MAX), work);
    }
    this.waiting.delete(kind);
  }

  private async runBatch(together: Waiting<unknown, unknown>[], work: Work<unknown, unknown>): Promise<void> {
    try {
      const results = await work(together.map(({ order }) => order));
      for (const [index, { resolve }] of together.entries()) resolve(results[index]);
    } catch (error) {
      if (together.length === 1 || this.isForAll(error)) for (const { reject } of together) reject(error);
      else for (const one of together) await this.runBatch([one], work);
    }
  }
}
