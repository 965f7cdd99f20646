import { useInfiniteQuery } from '@tanstack/preact-query';
import { api } from '../api/client.js';
import { EventList } from '../events/event-list.js';
import { useTexts } from '../texts/texts.js';
import { Button } from '../ui/button.js';
import { Card } from '../ui/card.js';
import { Failure } from '../ui/failure.js';

/** What the audit trail says about a key. */
export function History({ of: id }: { of: string }) {
  const { key, common } = useTexts();
  const query = useInfiniteQuery({
    queryKey: ['events', id],
    queryFn: ({ pageParam }) =>
      api.auditEvents.list({ targetId: id, targetType: 'api_key', limit: 10, cursor: pageParam }),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });
  const events = query.data?.pages.flatMap(({ items }) => items);
  return (
    <Card title={key.history}>
      <Failure error={query.error} />
      {events?.length === 0 && <p class="faint">{key.noHistory}</p>}
      {events !== undefined && <EventList events={events} isOfOne />}
      {query.hasNextPage && (
        <Button isBusy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {common.more}
        </Button>
      )}
    </Card>
  );
}
