import { useQuery } from '@tanstack/preact-query';
import { useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import { api } from '../api/client.js';
import type { WebhookView } from '../api/sdk.js';
import { useApplicationNames } from '../applications/use-applications.js';
import { LEVELS, useMay } from '../session/session.js';
import { useTexts } from '../texts/texts.js';
import { Button } from '../ui/button.js';
import { Empty } from '../ui/empty.js';
import { Failure } from '../ui/failure.js';
import { PageTitle } from '../ui/page-title.js';
import { Time } from '../ui/time.js';
import { EndpointBadge } from './endpoint-badge.js';
import { CreateEndpointDialog } from './endpoint-dialogs.js';
import { useEventNames } from './event-names.js';

const PAGE_SIZE = 100;

async function readAll(): Promise<WebhookView[]> {
  const all: WebhookView[] = [];
  for await (const endpoint of api.webhooks.list({ limit: PAGE_SIZE })) all.push(endpoint);
  return all;
}

/** The endpoints to which the merchant's events are delivered. */
export function WebhooksPage() {
  const { webhooks: texts, common } = useTexts();
  const query = useQuery({ queryKey: ['webhooks'], queryFn: readAll });
  const [isCreating, setCreating] = useState(false);
  const create = useMay(LEVELS.writeOwn) && (
    <Button kind="primary" onClick={() => setCreating(true)}>
      {texts.create}
    </Button>
  );
  return (
    <>
      <PageTitle title={texts.title}>{create}</PageTitle>
      <p class="lead">{texts.hint}</p>
      <Failure error={query.error} />
      {query.isPending && <p class="faint">{common.loading}</p>}
      {query.data?.length === 0 && (
        <Empty title={texts.empty} hint={texts.emptyHint}>
          {create}
        </Empty>
      )}
      {query.data !== undefined && query.data.length > 0 && <EndpointTable endpoints={query.data} />}
      {isCreating && <CreateEndpointDialog onClose={() => setCreating(false)} />}
    </>
  );
}

function EndpointTable({ endpoints }: { endpoints: WebhookView[] }) {
  const { webhooks: texts } = useTexts();
  const nameOf = useEventNames();
  const nameOfApplication = useApplicationNames();
  return (
    <table class="cards">
      <thead>
        <tr>
          <th scope="col">{texts.endpoint}</th>
          <th scope="col">{texts.state}</th>
          <th scope="col">{texts.events}</th>
          <th scope="col">{texts.created}</th>
        </tr>
      </thead>
      <tbody>
        {endpoints.map((endpoint) => (
          <tr key={endpoint.id}>
            <th scope="row" class="name">
              <Link href={`/webhooks/${endpoint.id}`}>
                <bdi>{endpoint.description ?? endpoint.url}</bdi>
              </Link>
              {endpoint.description !== null && (
                <span class="faint small">
                  <bdi>{endpoint.url}</bdi>
                </span>
              )}
            </th>
            <td data-label={texts.state}>
              <EndpointBadge of={endpoint} />
            </td>
            <td data-label={texts.events}>
              {endpoint.events.map(nameOf).join(', ')}
              {endpoint.applicationId !== null && (
                <span class="faint small">
                  {' '}
                  <bdi>{texts.onlyOf(nameOfApplication(endpoint.applicationId))}</bdi>
                </span>
              )}
            </td>
            <td data-label={texts.created}>
              <Time value={endpoint.createdAt} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
