import { useQuery } from '@tanstack/preact-query';
import { Link } from 'wouter-preact';
import { api } from '../api/client.js';
import { EventList } from '../events/event-list.js';
import { useTexts } from '../texts/texts.js';
import { Failure } from '../ui/failure.js';

/** Some of them are shown as one. */
const READ = 30;
const SHOWN = 8;

/** The latest events of the audit trail. */
export function Lately() {
  const { overview, common } = useTexts();
  const query = useQuery({
    queryKey: ['events', 'latest'],
    queryFn: () => api.auditEvents.list({ limit: READ, cursor: '' }),
  });
  return (
    <section class="card" aria-labelledby="lately-title">
      <header>
        <h2 id="lately-title">{overview.lately}</h2>
        <Link href="/audit">{overview.allEvents}</Link>
      </header>
      <Failure error={query.error} />
      {query.isPending && <p class="faint placeholder">{common.loading}</p>}
      {query.data?.items.length === 0 && <p class="faint">{overview.noneLately}</p>}
      {query.data !== undefined && <EventList events={query.data.items} most={SHOWN} />}
    </section>
  );
}
