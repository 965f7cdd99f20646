import { useQuery } from '@tanstack/preact-query';
import { useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import { api } from '../api/client.js';
import { refresh } from '../api/queries.js';
import { KeywrightError, type DeliveryView, type WebhookView } from '../api/sdk.js';
import { useAction } from '../api/use-action.js';
import { useApplicationNames } from '../applications/use-applications.js';
import { useTexts } from '../texts/texts.js';
import { Button } from '../ui/button.js';
import { Card } from '../ui/card.js';
import { Empty } from '../ui/empty.js';
import { Facts } from '../ui/facts.js';
import { Failure } from '../ui/failure.js';
import { useFormats } from '../ui/formats.js';
import { Notice } from '../ui/notice.js';
import { PageTitle } from '../ui/page-title.js';
import { Time } from '../ui/time.js';
import { tell } from '../ui/toasts.js';
import { DeliveriesCard } from './deliveries-card.js';
import { DeliveryDialog } from './delivery-dialog.js';
import { EndpointBadge } from './endpoint-badge.js';
import { ChangeEndpointDialog, DeleteEndpointDialog, RotateSecretDialog } from './endpoint-dialogs.js';
import { useEventNames } from './event-names.js';

const POLL_MS = 10_000;

/** An endpoint, and what has been delivered to it, as it happens. */
export function WebhookPage({ id }: { id: string }) {
  const { webhooks: texts, common } = useTexts();
  const query = useQuery({
    queryKey: ['webhooks', 'one', id],
    queryFn: () => api.webhooks.read(id),
    refetchInterval: POLL_MS,
  });
  const { error, data: endpoint } = query;
  if (error instanceof KeywrightError && [400, 404].includes(error.status))
    return (
      <>
        <PageTitle title={texts.notFound} />
        <Empty title={texts.notFound} hint={texts.notFoundHint}>
          <Link class="button primary" href="/webhooks">
            {texts.toEndpoints}
          </Link>
        </Empty>
      </>
    );
  if (endpoint === undefined)
    return query.isPending ? <p class="faint">{common.loading}</p> : <Failure error={error} />;
  return (
    <>
      <p class="crumbs">
        <Link href="/webhooks">{texts.toEndpoints}</Link>
      </p>
      <PageTitle title={endpoint.description ?? endpoint.url}>
        <Actions of={endpoint} />
      </PageTitle>
      <p class="summary">
        <EndpointBadge of={endpoint} />
      </p>
      <div class="stack large">
        {endpoint.enabled && endpoint.pauseReason !== null && (
          <Notice tone="bad">
            <strong>{texts.pauseReasons[endpoint.pauseReason]}</strong> {texts.pausedHint}
          </Notice>
        )}
        {!endpoint.enabled && <Notice tone="warning">{texts.disabledHint}</Notice>}
        <DetailsCard of={endpoint} />
        <DeliveriesCard of={endpoint} />
      </div>
    </>
  );
}

function DetailsCard({ of: endpoint }: { of: WebhookView }) {
  const { webhooks: texts } = useTexts();
  const { number } = useFormats();
  const nameOf = useEventNames();
  const nameOfApplication = useApplicationNames();
  const { applicationId, consecutiveFailures, previousSecretValidUntil } = endpoint;
  return (
    <Card title={texts.details}>
      <Facts
        facts={[
          [texts.url, <code>{endpoint.url}</code>],
          [texts.events, endpoint.events.map(nameOf).join(', ')],
          [texts.source, applicationId === null ? texts.wholeMerchant : <bdi>{nameOfApplication(applicationId)}</bdi>],
          [texts.created, <Time value={endpoint.createdAt} />],
          consecutiveFailures === 0 ? null : [texts.failures, number(consecutiveFailures)],
          previousSecretValidUntil === null ? null : [texts.previousSecret, <Time value={previousSecretValidUntil} />],
        ]}
      />
    </Card>
  );
}

/** What can be done with the endpoint. */
function Actions({ of: endpoint }: { of: WebhookView }) {
  const { webhooks: texts, common } = useTexts();
  const { id, enabled, pausedAt } = endpoint;
  const [open, setOpen] = useState<'change' | 'rotate' | 'delete' | null>(null);
  const [tested, setTested] = useState<DeliveryView | null>(null);
  const isRunning = enabled && pausedAt === null;
  const toggle = useAction({
    mutationFn: (isEnabled: boolean) => api.webhooks.update(id, { enabled: isEnabled }),
    onSuccess: (_endpoint, isEnabled) => {
      void refresh();
      tell(isEnabled ? texts.nowEnabled : texts.nowDisabled, isEnabled ? undefined : () => toggle.mutate(true));
    },
  });
  const test = useAction({
    mutationFn: () => api.webhooks.test(id),
    onSuccess: (delivery) => {
      void refresh();
      setTested(delivery);
    },
  });
  const close = (): void => setOpen(null);
  return (
    <>
      <Failure error={test.error ?? toggle.error} />
      <Button kind="primary" isBusy={test.isPending} onClick={() => test.mutate()}>
        {texts.test}
      </Button>
      <Button onClick={() => setOpen('change')}>{common.edit}</Button>
      <Button onClick={() => setOpen('rotate')}>{texts.rotate}</Button>
      <Button isBusy={toggle.isPending} onClick={() => toggle.mutate(!isRunning)}>
        {isRunning ? texts.pause : texts.resume}
      </Button>
      <Button kind="danger" onClick={() => setOpen('delete')}>
        {texts.delete}
      </Button>
      {tested !== null && <DeliveryDialog of={tested} endpointId={id} onClose={() => setTested(null)} />}
      {open === 'change' && <ChangeEndpointDialog of={endpoint} onClose={close} />}
      {open === 'rotate' && <RotateSecretDialog of={endpoint} onClose={close} />}
      {open === 'delete' && <DeleteEndpointDialog of={endpoint} onClose={close} />}
    </>
  );
}
