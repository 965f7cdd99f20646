import { useQuery } from '@tanstack/preact-query';
import { api } from '../api/client.js';
import type { InstanceView } from '../api/sdk.js';
import { useTexts } from '../texts/texts.js';
import { Badge } from '../ui/badge.js';
import { Failure } from '../ui/failure.js';
import { useFormats } from '../ui/formats.js';
import { PageTitle } from '../ui/page-title.js';
import { ReadinessCard } from './readiness-card.js';
import { WaitsCard } from './waits-card.js';

const REFRESH_MS = 5_000;

/** The processes of the server, whether they can be relied on, and how long revocations wait for them. */
export function InstancesPage() {
  const { instances: texts, common } = useTexts();
  const { error, data, isPending } = useQuery({
    queryKey: ['instances'],
    queryFn: () => api.instances.list(),
    refetchInterval: REFRESH_MS,
  });
  return (
    <>
      <PageTitle title={texts.title} />
      <p class="lead">{texts.hint}</p>
      <Failure error={error} />
      {isPending && <p class="faint">{common.loading}</p>}
      {data !== undefined && (
        <div class="stack large">
          <InstanceTable instances={data.items} />
          <WaitsCard of={data.revocationWaits} />
          <ReadinessCard />
        </div>
      )}
    </>
  );
}

function InstanceTable({ instances }: { instances: InstanceView[] }) {
  const { instances: texts } = useTexts();
  return (
    <table class="cards">
      <thead>
        <tr>
          <th scope="col">{texts.instance}</th>
          <th scope="col">{texts.state}</th>
          <th scope="col">{texts.version}</th>
          <th scope="col">{texts.renewed}</th>
          <th scope="col">{texts.validUntil}</th>
        </tr>
      </thead>
      <tbody>
        {instances.map((instance) => (
          <tr key={instance.id}>
            <th scope="row" class="name">
              <code>{instance.id}</code>
              {instance.isSelf && <span class="faint small">{texts.isSelf}</span>}
            </th>
            <td data-label={texts.state}>
              <StateBadge of={instance} />
            </td>
            <td data-label={texts.version}>{instance.version ?? <span class="faint">{texts.unknownVersion}</span>}</td>
            <td data-label={texts.renewed}>
              <ClockTime value={instance.leaseRenewedAt} />
            </td>
            <td data-label={texts.validUntil}>
              <ClockTime value={instance.leaseUntil} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function StateBadge({ of: { holdsLease, unappliedChanges } }: { of: InstanceView }) {
  const { instances: texts } = useTexts();
  if (!holdsLease) return <Badge tone="bad">{texts.noLease}</Badge>;
  if (unappliedChanges > 0) return <Badge tone="warning">{texts.behind(unappliedChanges)}</Badge>;
  return <Badge tone="good">{texts.well}</Badge>;
}

/** A time to the second: a lease lives for three. */
function ClockTime({ value }: { value: string }) {
  const { clock, exact } = useFormats();
  return (
    <time dateTime={value} title={exact(value)}>
      {clock(value)}
    </time>
  );
}
