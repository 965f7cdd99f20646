import { useInfiniteQuery } from '@tanstack/preact-query';
import { useSearchParams } from 'wouter-preact';
import { api } from '../api/client.js';
import type { AuditTargetType } from '../api/sdk.js';
import { useAction } from '../api/use-action.js';
import { EventList } from '../events/event-list.js';
import { useTexts } from '../texts/texts.js';
import { Button } from '../ui/button.js';
import { Empty } from '../ui/empty.js';
import { Failure } from '../ui/failure.js';
import { Field } from '../ui/field.js';
import { useFormats } from '../ui/formats.js';
import { Notice } from '../ui/notice.js';
import { PageTitle } from '../ui/page-title.js';
import { Select } from '../ui/select.js';

const PAGE_SIZE = 50;

/** The audit trail of the merchant, with what is asked of it in the address of the page. */
export function AuditPage() {
  const { audit, common } = useTexts();
  const [params, setParams] = useSearchParams();
  const read = (name: string): string => params.get(name) ?? '';
  const set = (name: string, value: string): void =>
    setParams((former) => {
      if (value === '') former.delete(name);
      else former.set(name, value);
      return former;
    });
  const filter = {
    ...(read('targetType') !== '' && { targetType: read('targetType') as AuditTargetType }),
    ...(read('from') !== '' && { from: read('from') }),
    ...(read('to') !== '' && { to: read('to') }),
  };
  const query = useInfiniteQuery({
    queryKey: ['events', 'all', filter],
    queryFn: ({ pageParam }) => api.auditEvents.list({ ...filter, limit: PAGE_SIZE, cursor: pageParam }),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });
  const events = query.data?.pages.flatMap(({ items }) => items);
  return (
    <>
      <Verification />
      <div class="toolbar pair">
        <Field label={audit.kind}>
          {(control) => (
            <Select
              {...control}
              value={read('targetType')}
              options={[['', audit.everything], ...Object.entries(audit.kinds)]}
              onChange={(value) => set('targetType', value)}
            />
          )}
        </Field>
        {(['from', 'to'] as const).map((name) => (
          <Field key={name} label={name === 'from' ? audit.from : audit.until}>
            {(control) => (
              <input
                {...control}
                type="date"
                value={read(name)}
                onChange={(event) => set(name, event.currentTarget.value)}
              />
            )}
          </Field>
        ))}
      </div>
      <Failure error={query.error} />
      {query.isPending && <p class="faint">{common.loading}</p>}
      {events?.length === 0 && <Empty title={audit.none} hint={audit.noneHint} />}
      {events !== undefined && events.length > 0 && (
        <div class="card">
          <EventList events={events} />
          {query.hasNextPage && (
            <Button isBusy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
              {common.more}
            </Button>
          )}
        </div>
      )}
    </>
  );
}

/** The heading, with the button that has the server follow the chain of the trail. */
function Verification() {
  const { audit } = useTexts();
  const { number } = useFormats();
  const verification = useAction({ mutationFn: () => api.auditEvents.verify() });
  const { data } = verification;
  return (
    <>
      <PageTitle title={audit.title}>
        <Button isBusy={verification.isPending} onClick={() => verification.mutate()}>
          {verification.isPending ? audit.verifying : audit.verify}
        </Button>
      </PageTitle>
      <p class="lead">{audit.hint}</p>
      <Failure error={verification.error} />
      {data !== undefined && (
        <div class="toolbar">
          <Notice tone={data.valid ? 'good' : 'bad'}>
            <strong>{data.valid ? audit.intact(number(data.entries)) : audit.broken}</strong>
          </Notice>
        </div>
      )}
    </>
  );
}
