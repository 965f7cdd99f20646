import { useQuery } from '@tanstack/preact-query';
import { api } from '../api/client.js';

const DAYS = 30;

/** The verifications of keys on each of the last 30 days, by the ids of the keys that were verified; `undefined` until they are known. */
export function useDailyUsage(keys: { id: string }[]): ReadonlyMap<string, number[]> | undefined {
  const ids = keys.map(({ id }) => id).join();
  const usage = useQuery({
    queryKey: ['usage', 'daily', ids],
    queryFn: async () => {
      const { items } = await api.insight.readDailyUsage({ keyIds: ids, days: DAYS });
      return new Map(items.map(({ keyId, days }) => [keyId, days]));
    },
    enabled: ids !== '',
  });
  return usage.data;
}
