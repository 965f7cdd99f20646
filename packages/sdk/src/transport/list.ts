import { toAnswer, type Answer, type WithResponse } from './answer.js';

interface AnyPage {
  items?: unknown[];
  nextCursor?: string | null;
  hasNextPage?: boolean;
}

/** Asks for one page. */
export type FetchPage = (options: { page?: number; cursor?: string }) => Promise<WithResponse<unknown>>;

/**
 * A list: `await` it for one page, or iterate over it for all items, which are fetched as they are needed.
 *
 *     const { items, totalItems } = await keywright.keys.list({ limit: 50 });
 *     for await (const key of keywright.keys.list({ status: 'active' })) …
 */
export class List<Item, Page> implements Promise<Page>, AsyncIterable<Item> {
  readonly [Symbol.toStringTag] = 'List';
  private first: Promise<WithResponse<Page>> | undefined;

  /** @param start the page or cursor that the caller has asked for */
  constructor(
    private readonly fetchPage: FetchPage,
    private readonly hasCursors: boolean,
    private readonly start: { page?: number; cursor?: string },
  ) {}

  then<A = Page, B = never>(
    onFulfilled?: ((page: Page) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.answer().then(onFulfilled, onRejected);
  }

  catch<B = never>(onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<Page | B> {
    return this.answer().catch(onRejected);
  }

  finally(onFinally?: (() => void) | null): Promise<Page> {
    return this.answer().finally(onFinally);
  }

  /** Resolves to one page together with the response, for its headers. */
  withResponse(): Promise<WithResponse<Page>> {
    return this.answer().withResponse();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Item, void, undefined> {
    let { page = 1, cursor } = this.start;
    if (this.hasCursors && this.start.page === undefined) cursor ??= '';
    let seen = 0;
    for (;;) {
      const { data, response } = await this.fetchPage(cursor === undefined ? { page } : { cursor });
      const { items, nextCursor, hasNextPage } = readPage(data);
      yield* items as Item[];
      seen += items.length;
      const total = response.headers.get('X-Total-Count');
      if (cursor !== undefined) {
        if (typeof nextCursor !== 'string') return;
        cursor = nextCursor;
      } else if (items.length > 0 && (hasNextPage ?? seen < Number(total))) page++;
      else return;
    }
  }

  /** However often it is awaited, the page is fetched once. */
  private answer(): Answer<Page> {
    this.first ??= this.fetchPage(this.start) as Promise<WithResponse<Page>>;
    return toAnswer(this.first);
  }
}

function readPage(data: unknown): AnyPage & { items: unknown[] } {
  if (Array.isArray(data)) return { items: data };
  const page = data as AnyPage;
  return { ...page, items: page.items ?? [] };
}
