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

/** Has everything that is shown read again after a change. */
export const refresh = (): Promise<void> => queries.invalidateQueries();
