import { useQuery } from '@tanstack/preact-query';
import { Link } from 'wouter-preact';
import { api } from '../api/client.js';
import type { KeyCountsView } from '../api/sdk.js';
import { LEVELS, useMay } from '../session/session.js';
import { useTexts } from '../texts/texts.js';
import { Empty } from '../ui/empty.js';
import { Failure } from '../ui/failure.js';
import { useFormats } from '../ui/formats.js';
import { PageTitle } from '../ui/page-title.js';
import { UsagePanel } from '../usage/usage-panel.js';
import { Attention } from './attention.js';
import { Lately } from './lately.js';

/** How the merchant's keys are doing. */
export function OverviewPage() {
  const { overview, keys } = useTexts();
  const counts = useQuery({ queryKey: ['keys', 'counts'], queryFn: () => api.keys.readCounts() });
  const mayWrite = useMay(LEVELS.writeOwn);
  return (
    <>
      <PageTitle title={overview.title}>
        {mayWrite && (
          <Link class="button primary" href="/keys?create=key">
            {keys.create}
          </Link>
        )}
      </PageTitle>
      <Failure error={counts.error} />
      {counts.data?.total === 0 && (
        <Empty title={overview.welcome} hint={overview.welcomeHint}>
          {mayWrite && (
            <Link class="button primary" href="/keys?create=key">
              {keys.create}
            </Link>
          )}
        </Empty>
      )}
      <div class="stack large">
        {counts.data !== undefined && counts.data.total > 0 && <KeyCounts counts={counts.data} />}
        <div class="columns">
          <Attention />
          {mayWrite && <Lately />}
        </div>
        <UsagePanel of="merchant" read={(options) => api.insight.readUsage(options)} />
      </div>
    </>
  );
}

function KeyCounts({ counts }: { counts: KeyCountsView }) {
  const { overview, status } = useTexts();
  const { number } = useFormats();
  const shown = ['active', 'expiring', 'unused', 'rotating', 'disabled', 'expired'] as const;
  return (
    <section aria-label={overview.keys}>
      <ul class="tiles">
        {shown.map((name) => (
          <li key={name}>
            <Link href={`/keys?status=${name}`} class="tile">
              <span class="figure">{number(counts[name])}</span> <span>{status[name]}</span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
