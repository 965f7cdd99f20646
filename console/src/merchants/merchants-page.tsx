import { useInfiniteQuery, useQuery } from '@tanstack/preact-query';
import { useState } from 'preact/hooks';
import { api } from '../api/client.js';
import type { MerchantStatus, MerchantView } from '../api/sdk.js';
import { LEVELS, useMay } from '../session/session.js';
import { useTexts } from '../texts/texts.js';
import { ActionsHeader } from '../ui/actions.js';
import { Badge, type Tone } from '../ui/badge.js';
import { Button } from '../ui/button.js';
import { Failure } from '../ui/failure.js';
import { PageTitle } from '../ui/page-title.js';
import { Time } from '../ui/time.js';
import { InviteMerchantDialog } from './invite-merchant-dialog.js';
import { MerchantActions } from './merchant-actions.js';

const PAGE_SIZE = 50;

const TONES: Record<MerchantStatus, Tone> = { active: 'good', blocked: 'bad', deleting: 'warning' };

/** Everybody who gives out keys on this server. */
export function MerchantsPage() {
  const { merchants: texts, common } = useTexts();
  const mayWrite = useMay(LEVELS.writeOthers);
  const [isInviting, setInviting] = useState(false);
  const query = useInfiniteQuery({
    queryKey: ['merchants'],
    queryFn: ({ pageParam: page }) => api.merchants.list({ page, limit: PAGE_SIZE }),
    initialPageParam: 1,
    getNextPageParam: ({ page, hasNextPage }) => (hasNextPage ? page + 1 : undefined),
  });
  const merchants = query.data?.pages.flatMap(({ items }) => items);
  return (
    <>
      <PageTitle title={texts.title}>
        {mayWrite && (
          <Button kind="primary" onClick={() => setInviting(true)}>
            {texts.invite}
          </Button>
        )}
      </PageTitle>
      <p class="lead">{texts.hint}</p>
      <Failure error={query.error} />
      {query.isPending && <p class="faint">{common.loading}</p>}
      {merchants !== undefined && <MerchantTable merchants={merchants} mayWrite={mayWrite} />}
      {query.hasNextPage && (
        <Button isBusy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {common.more}
        </Button>
      )}
      {isInviting && <InviteMerchantDialog onClose={() => setInviting(false)} />}
    </>
  );
}

function MerchantTable({ merchants, mayWrite }: { merchants: MerchantView[]; mayWrite: boolean }) {
  const { merchant: words } = useTexts();
  const own = useQuery({ queryKey: ['merchant'], queryFn: () => api.merchants.readOwn() });
  return (
    <table class="cards">
      <thead>
        <tr>
          <th scope="col">{words.name}</th>
          <th scope="col">{words.status}</th>
          <th scope="col">{words.scopes}</th>
          <th scope="col">{words.created}</th>
          {mayWrite && <ActionsHeader />}
        </tr>
      </thead>
      <tbody>
        {merchants.map((merchant) => (
          <tr key={merchant.id}>
            <th scope="row" class="name">
              <bdi>{merchant.name}</bdi>
              <span class="faint small">
                {words.clientId} {merchant.clientId}
              </span>
            </th>
            <td data-label={words.status}>
              <Badge tone={TONES[merchant.status]}>{words.statuses[merchant.status]}</Badge>
            </td>
            <td data-label={words.scopes}>
              {merchant.scopes.includes('*') ? words.everyScope : <code>{merchant.scopes.join(' ')}</code>}
            </td>
            <td data-label={words.created}>
              <Time value={merchant.createdAt} />
            </td>
            {mayWrite && (
              <td class="end">
                <MerchantActions of={merchant} isOwn={own.data === undefined || own.data.id === merchant.id} />
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
