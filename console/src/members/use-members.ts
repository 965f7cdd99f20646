import { useQuery, type UseQueryResult } from '@tanstack/preact-query';
import { api } from '../api/client.js';
import type { MemberView } from '../api/sdk.js';

const PAGE_SIZE = 100;

async function readAll(merchantId: string | undefined): Promise<MemberView[]> {
  const all: MemberView[] = [];
  const options = { limit: PAGE_SIZE, ...(merchantId !== undefined && { merchantId }) };
  for await (const member of api.members.list(options)) all.push(member);
  return all;
}

/** All members of a merchant, by default of the person's own. */
export const useMembers = (merchantId?: string): UseQueryResult<MemberView[]> =>
  useQuery({ queryKey: ['members', 'of', merchantId ?? 'own'], queryFn: () => readAll(merchantId) });
