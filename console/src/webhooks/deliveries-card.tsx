import { useInfiniteQuery } from '@tanstack/preact-query';
import { useState } from 'preact/hooks';
import { useSearchParams } from 'wouter-preact';
import { api } from '../api/client.js';
import type { DeliveryStatus, DeliveryView, WebhookView } from '../api/sdk.js';
import { useTexts } from '../texts/texts.js';
import { Badge, type Tone } from '../ui/badge.js';
import { Button } from '../ui/button.js';
import { Card } from '../ui/card.js';
import { Failure } from '../ui/failure.js';
import { useFormats } from '../ui/formats.js';
import { Select } from '../ui/select.js';
import { Time } from '../ui/time.js';
import { DeliveryDialog } from './delivery-dialog.js';
import { useEventNames } from './event-names.js';

const PAGE_SIZE = 20;
const POLL_MS = 10_000;

const TONES: Record<DeliveryStatus, Tone> = { delivered: 'good', failed: 'bad', parked: 'warning', pending: 'quiet' };

/** What has been sent to an endpoint, the newest first; the status that is asked for is in the address of the page. */
export function DeliveriesCard({ of: { id } }: { of: WebhookView }) {
  const { webhooks: texts, common } = useTexts();
  const [params, setParams] = useSearchParams();
  const [shown, setShown] = useState<DeliveryView | null>(null);
  const status = params.get('status') ?? '';
  const query = useInfiniteQuery({
    queryKey: ['webhooks', 'deliveries', id, status],
    queryFn: ({ pageParam: page }) =>
      api.webhooks.listDeliveries(id, {
        page,
        limit: PAGE_SIZE,
        ...(status !== '' && { status: status as DeliveryStatus }),
      }),
    initialPageParam: 1,
    getNextPageParam: ({ page, hasNextPage }) => (hasNextPage ? page + 1 : undefined),
    refetchInterval: POLL_MS,
  });
  const deliveries = query.data?.pages.flatMap(({ items }) => items);
  return (
    <Card title={texts.deliveries}>
      <div class="toolbar">
        <div class="row">
          <Select
            aria-label={texts.deliveryStatus}
            value={status}
            options={[['', texts.allDeliveries], ...Object.entries(texts.deliveryStatuses)]}
            onChange={(value) => setParams(value === '' ? {} : { status: value })}
          />
        </div>
      </div>
      <Failure error={query.error} />
      {query.isPending && <p class="faint">{common.loading}</p>}
      {deliveries?.length === 0 && <p class="faint">{status === '' ? texts.noDeliveries : texts.noneOfStatus}</p>}
      {deliveries !== undefined && deliveries.length > 0 && <DeliveryTable deliveries={deliveries} onShow={setShown} />}
      {query.hasNextPage && (
        <Button isBusy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {common.more}
        </Button>
      )}
      {shown !== null && <DeliveryDialog of={shown} endpointId={id} onClose={() => setShown(null)} />}
    </Card>
  );
}

interface DeliveryTableProps {
  deliveries: DeliveryView[];
  onShow: (delivery: DeliveryView) => void;
}

function DeliveryTable({ deliveries, onShow }: DeliveryTableProps) {
  const { webhooks: texts } = useTexts();
  const { number } = useFormats();
  const nameOf = useEventNames();
  return (
    <table class="cards">
      <thead>
        <tr>
          <th scope="col">{texts.event}</th>
          <th scope="col">{texts.deliveryStatus}</th>
          <th scope="col">{texts.answer}</th>
          <th scope="col" class="number">
            {texts.attempts}
          </th>
          <th scope="col">{texts.time}</th>
        </tr>
      </thead>
      <tbody>
        {deliveries.map((delivery) => (
          <tr key={delivery.id}>
            <th scope="row" class="name">
              <button type="button" class="link" onClick={() => onShow(delivery)}>
                {nameOf(delivery.type)}
              </button>
            </th>
            <td data-label={texts.deliveryStatus}>
              <Badge tone={TONES[delivery.status]}>{texts.deliveryStatuses[delivery.status]}</Badge>
            </td>
            <td data-label={texts.answer}>{delivery.lastStatusCode ?? <span class="faint">{texts.noAnswer}</span>}</td>
            <td data-label={texts.attempts} class="number">
              {number(delivery.attempts)}
            </td>
            <td data-label={texts.time}>
              <Time value={delivery.createdAt} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
