import { useQuery } from '@tanstack/preact-query';
import { useState } from 'preact/hooks';
import { api } from '../api/client.js';
import type { JobView } from '../api/sdk.js';
import { useTexts } from '../texts/texts.js';
import { ActionsHeader } from '../ui/actions.js';
import { Badge, type Tone } from '../ui/badge.js';
import { Button } from '../ui/button.js';
import { Failure } from '../ui/failure.js';
import { PageTitle } from '../ui/page-title.js';
import { Time } from '../ui/time.js';
import { RunJobDialog } from './run-job-dialog.js';
import { useCounts } from './use-counts.js';

const REFRESH_MS = 10_000;

export const TONES: Record<NonNullable<JobView['lastOutcome']>, Tone> = {
  completed: 'good',
  failed: 'bad',
  stopped: 'warning',
};

/** What the server does by itself, when it last did so, and how that ended. */
export function HousekeepingPage() {
  const { housekeeping: texts, common } = useTexts();
  const query = useQuery({
    queryKey: ['jobs'],
    queryFn: () => api.housekeeping.listJobs(),
    refetchInterval: REFRESH_MS,
  });
  const [chosen, choose] = useState<JobView | null>(null);
  return (
    <>
      <PageTitle title={texts.title} />
      <p class="lead">{texts.hint}</p>
      <Failure error={query.error} />
      {query.isPending && <p class="faint">{common.loading}</p>}
      {query.data !== undefined && <JobTable jobs={query.data.items} onRun={choose} />}
      {chosen !== null && <RunJobDialog of={chosen} onClose={() => choose(null)} />}
    </>
  );
}

function JobTable({ jobs, onRun }: { jobs: JobView[]; onRun: (job: JobView) => void }) {
  const { housekeeping: texts } = useTexts();
  return (
    <table class="cards">
      <thead>
        <tr>
          <th scope="col">{texts.job}</th>
          <th scope="col">{texts.schedule}</th>
          <th scope="col">{texts.lastRun}</th>
          <th scope="col">{texts.result}</th>
          <ActionsHeader />
        </tr>
      </thead>
      <tbody>
        {jobs.map((job) => (
          <tr key={job.name}>
            <th scope="row" class="name">
              <code>{job.name}</code>
              <span class="faint small">{texts.jobs[job.name]}</span>
            </th>
            <td data-label={texts.schedule}>
              {job.schedule === null ? <span class="faint">{texts.unscheduled}</span> : <code>{job.schedule}</code>}
            </td>
            <td data-label={texts.lastRun}>
              <Time value={job.lastStartedAt} />
            </td>
            <td data-label={texts.result}>
              <Result of={job} />
            </td>
            <td class="end">
              <Button kind="quiet" onClick={() => onRun(job)}>
                {texts.run}
                <span class="unseen"> {job.name}</span>
              </Button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Result({ of: { isRunning, lastOutcome, lastCounts } }: { of: JobView }) {
  const { housekeeping: texts } = useTexts();
  const counts = useCounts()(lastCounts);
  if (isRunning) return <Badge tone="quiet">{texts.running}</Badge>;
  if (lastOutcome === null) return null;
  if (lastOutcome === 'completed')
    return <span class={counts.length === 0 ? 'faint' : undefined}>{counts.join(', ') || texts.nothing}</span>;
  return <Badge tone={TONES[lastOutcome]}>{texts.outcomes[lastOutcome]}</Badge>;
}
