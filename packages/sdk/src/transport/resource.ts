import { toAnswer, type Answer } from './answer.js';
import { List } from './list.js';
import type { Operation } from './operation.js';
import type { CallOptions } from './options.js';
import type { Transport } from './transport.js';

/** The operations of one tag. */
export class Resource {
  constructor(private readonly transport: Transport) {}

  /** Sends a request and resolves to what its answer holds. */
  protected callOperation<T>(
    operation: Operation,
    places: string[],
    body?: unknown,
    options: CallOptions = {},
  ): Answer<T> {
    return toAnswer(this.transport.send<T>({ operation, places, body, options }));
  }

  /** Sends a request for each page that is asked for. */
  protected listOperation<Item, Page>(
    operation: Operation,
    places: string[],
    body?: unknown,
    options: CallOptions & { page?: number; cursor?: string } = {},
  ): List<Item, Page> {
    const { page, cursor, ...others } = options;
    const start = { ...(page !== undefined && { page }), ...(cursor !== undefined && { cursor }) };
    return new List(
      (place) => this.transport.send({ operation, places, body, options: { ...others, ...place } }),
      operation.query?.includes('cursor') === true,
      start,
    );
  }

  /** Sends a request when the iteration begins, and returns the lines of its answer. */
  protected async *readLines<T>(
    operation: Operation,
    places: string[],
    body?: unknown,
    options: CallOptions = {},
  ): AsyncGenerator<T, void, undefined> {
    const { data } = await this.transport.send<AsyncIterable<T>>({ operation, places, body, options });
    yield* data;
  }
}
