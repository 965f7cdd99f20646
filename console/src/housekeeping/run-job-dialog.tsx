import { useQuery } from '@tanstack/preact-query';
import { api } from '../api/client.js';
import { refresh } from '../api/queries.js';
import type { JobRunView, JobView } from '../api/sdk.js';
import { useAction } from '../api/use-action.js';
import { useTexts } from '../texts/texts.js';
import { Button } from '../ui/button.js';
import { Dialog } from '../ui/dialog.js';
import { Failure } from '../ui/failure.js';
import { useFormats } from '../ui/formats.js';
import { Notice } from '../ui/notice.js';
import { useCounts } from './use-counts.js';

/** A job may have much to do. */
const PATIENCE_MS = 600_000;

/** Runs a job, after a look at what it would do. */
export function RunJobDialog({ of: { name }, onClose }: { of: JobView; onClose: () => void }) {
  const { housekeeping: texts, common } = useTexts();
  const preview = useQuery({
    queryKey: ['jobs', 'dry run', name],
    queryFn: () => api.housekeeping.runJob(name, { dryRun: true, timeoutMs: PATIENCE_MS }),
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
  const running = useAction({
    mutationFn: async () => api.housekeeping.runJob(name, { maxRetries: 0, timeoutMs: PATIENCE_MS }),
    onSuccess: () => void refresh(),
  });
  const isDone = running.data !== undefined;
  return (
    <Dialog title={isDone ? texts.ran : texts.runTitle} onClose={running.isPending ? undefined : onClose}>
      <div class="stack">
        <Failure error={running.error ?? (isDone ? null : preview.error)} />
        <p>
          <code>{name}</code>
        </p>
        <p>{texts.jobs[name]}</p>
        {isDone && <Ran run={running.data} />}
        {!isDone && preview.isPending && <p class="faint">{texts.looking}</p>}
        {!isDone && preview.data !== undefined && <Foreseen run={preview.data} />}
      </div>
      <footer>
        {isDone ? (
          <Button kind="primary" onClick={onClose}>
            {common.close}
          </Button>
        ) : (
          <>
            <Button onClick={onClose} isBusy={running.isPending}>
              {common.cancel}
            </Button>
            <Button
              kind="primary"
              disabled={preview.data === undefined}
              isBusy={running.isPending}
              onClick={() => running.mutate()}
            >
              {running.isPending ? texts.running : texts.runNow}
            </Button>
          </>
        )}
      </footer>
    </Dialog>
  );
}

function Foreseen({ run: { counts } }: { run: JobRunView }) {
  const { housekeeping: texts } = useTexts();
  const described = useCounts()(counts);
  if (described.length === 0) return <p>{texts.nothingToDo}</p>;
  return (
    <Notice>
      <p>{texts.wouldDo}</p>
      <CountList of={described} />
    </Notice>
  );
}

function Ran({ run: { outcome, counts, durationMs } }: { run: JobRunView }) {
  const { housekeeping: texts } = useTexts();
  const { duration } = useFormats();
  return (
    <Notice tone={outcome === 'completed' ? 'good' : 'bad'}>
      <strong>{texts.ended[outcome](duration(durationMs))}</strong>
      <CountList of={useCounts()(counts)} />
    </Notice>
  );
}

const CountList = ({ of: counts }: { of: string[] }) => (
  <ul>
    {counts.map((count) => (
      <li key={count}>{count}</li>
    ))}
  </ul>
);
