import { QueryClient } from '@tanstack/preact-query';
import { KeywrightError } from './sdk.js';

const isRefusal = (error: unknown): boolean => error instanceof KeywrightError && error.status >= 400;

/** What has been read, until something changes it or it is half a minute old. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      // The transport has tried again where that helps.
      retry: false,
      networkMode: 'always',
      refetchOnWindowFocus: (query) => !isRefusal(query.state.error),
    },
    mutations: { networkMode: 'always' },
  },
});

/** Forgets what pages have shown that are not open, so that none of them begins with what has changed since. */
export const forgetHidden = (): void => queries.removeQueries({ type: 'inactive' });

/** Asks anew for everything that the page shows, and forgets the rest. */
export function refresh(): Promise<void> {
  forgetHidden();
  return queries.invalidateQueries();
}
