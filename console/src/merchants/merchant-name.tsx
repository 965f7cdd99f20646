import { useQuery } from '@tanstack/preact-query';
import { Link } from 'wouter-preact';
import { api } from '../api/client.js';

/** Names rarely change. */
const STALE_AFTER_MS = 300_000;

/** The name of a merchant; its id until that is known. */
export function useMerchantName(id: string): string {
  const { data } = useQuery({
    queryKey: ['merchants', 'one', id],
    queryFn: () => api.merchants.read(id),
    staleTime: STALE_AFTER_MS,
  });
  return data?.name ?? id;
}

/** The merchant of an account, which leads to all accounts of that merchant. */
export function MerchantName({ id }: { id: string }) {
  return (
    <Link href={`/accounts?merchant=${id}`}>
      <bdi>{useMerchantName(id)}</bdi>
    </Link>
  );
}
