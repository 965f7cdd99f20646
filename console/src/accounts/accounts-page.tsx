import { keepPreviousData, useInfiniteQuery } from '@tanstack/preact-query';
import { useSearchParams } from 'wouter-preact';
import { api } from '../api/client.js';
import { MemberTable } from '../members/member-table.js';
import { MerchantFilter } from '../merchants/merchant-filter.js';
import { MerchantName } from '../merchants/merchant-name.js';
import { useTexts } from '../texts/texts.js';
import { Button } from '../ui/button.js';
import { Empty } from '../ui/empty.js';
import { Failure } from '../ui/failure.js';
import { PageTitle } from '../ui/page-title.js';
import { SearchField } from '../ui/search-field.js';

const PAGE_SIZE = 25;

/** The accounts of all merchants, or of the one that the address of the page names. */
export function AccountsPage() {
  const { accounts: texts, common } = useTexts();
  const [params, setParams] = useSearchParams();
  const q = params.get('q') ?? '';
  const merchantId = params.get('merchant') ?? '';
  const filter = { ...(q !== '' && { q }), ...(merchantId === '' ? { allMerchants: true } : { merchantId }) };
  const query = useInfiniteQuery({
    queryKey: ['members', 'list', filter],
    queryFn: ({ pageParam: page }) => api.members.list({ ...filter, page, limit: PAGE_SIZE }),
    initialPageParam: 1,
    getNextPageParam: ({ page, hasNextPage }) => (hasNextPage ? page + 1 : undefined),
    placeholderData: keepPreviousData,
  });
  const set = (name: string, value: string, isTyping = false): void =>
    setParams(
      (former) => {
        if (value === '') former.delete(name);
        else former.set(name, value);
        return former;
      },
      { replace: isTyping },
    );
  const accounts = query.data?.pages.flatMap(({ items }) => items);
  const total = query.data?.pages[0]?.totalItems ?? 0;
  return (
    <>
      <PageTitle title={texts.title} />
      <p class="lead">{texts.hint}</p>
      <div class="toolbar">
        <SearchField
          label={texts.search}
          hint={texts.searchHint}
          value={q}
          onChange={(typed) => set('q', typed, true)}
        />
        {merchantId !== '' && <MerchantFilter id={merchantId} onRemove={() => set('merchant', '')} />}
        <p class="faint small" role="status">
          {total > 0 && texts.found(total)}
        </p>
      </div>
      <Failure error={query.error} />
      {query.isPending && <p class="faint">{common.loading}</p>}
      {accounts?.length === 0 && <Empty title={texts.none} hint={texts.noneHint} />}
      {accounts !== undefined && accounts.length > 0 && (
        <div aria-busy={query.isFetching} class={query.isPlaceholderData ? 'stale' : undefined}>
          <MemberTable members={accounts} mayWrite merchantOf={({ merchantId: id }) => <MerchantName id={id} />} />
        </div>
      )}
      {query.hasNextPage && (
        <Button isBusy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {common.more}
        </Button>
      )}
    </>
  );
}
