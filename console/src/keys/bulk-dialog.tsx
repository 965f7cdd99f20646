import { useQuery } from '@tanstack/preact-query';
import { useState } from 'preact/hooks';
import { api } from '../api/client.js';
import { measured } from '../api/measured.js';
import { refresh } from '../api/queries.js';
import type { BulkPreview, BulkResult, BulkResults } from '../api/sdk.js';
import { useAction } from '../api/use-action.js';
import { useTexts } from '../texts/texts.js';
import { Button } from '../ui/button.js';
import { Dialog } from '../ui/dialog.js';
import { Failure } from '../ui/failure.js';
import { Field } from '../ui/field.js';
import { useFormats } from '../ui/formats.js';
import { Notice } from '../ui/notice.js';
import { useFirstFocus } from '../ui/use-first-focus.js';
import type { Selection } from './selection.js';

export type BulkAction = 'disable' | 'enable' | 'revoke';

interface BulkDialogProps {
  action: BulkAction;
  selection: Selection;
  onClose: (isDone: boolean) => void;
}

const NAMED = 5;

/** Shows which keys a change would affect, has their number typed, and makes the change to exactly as many. */
export function BulkDialog({ action, selection, onClose }: BulkDialogProps) {
  const { bulk, common } = useTexts();
  const preview = useQuery({
    queryKey: ['bulk', action, selection],
    queryFn: async () => (await api.bulk[action]({ ...selection, dryRun: true })) as BulkPreview,
    gcTime: 0,
    staleTime: Infinity,
  });
  const change = useAction({
    mutationFn: (expectedCount: number) =>
      measured(async () => (await api.bulk[action]({ ...selection, expectedCount })) as BulkResults),
    onSuccess: () => void refresh(),
    onError: () => void preview.refetch(),
  });
  const close = (): void => onClose(change.isSuccess);
  const isOpenToClose = !change.isPending;
  return (
    <Dialog title={bulk.title[action]} onClose={isOpenToClose ? close : undefined}>
      {change.data !== undefined ? (
        <Outcome action={action} {...change.data} />
      ) : (
        <>
          <Failure error={preview.error ?? change.error} />
          {preview.isPending && <p class="faint">{bulk.counting}</p>}
          {preview.data !== undefined && (
            <Confirmation
              action={action}
              preview={preview.data}
              picked={'ids' in selection ? selection.ids.length : undefined}
              isBusy={change.isPending}
              onConfirm={() => change.mutate(preview.data.count)}
            />
          )}
        </>
      )}
      <footer>
        <Button onClick={close} isBusy={change.isPending}>
          {change.isSuccess ? common.close : common.cancel}
        </Button>
        {change.data === undefined && preview.data !== undefined && preview.data.count > 0 && (
          <Button kind={action === 'enable' ? 'primary' : 'danger'} type="submit" form="bulk" isBusy={change.isPending}>
            {change.isPending ? bulk.working : bulk.submit[action](preview.data.count)}
          </Button>
        )}
      </footer>
    </Dialog>
  );
}

interface ConfirmationProps {
  action: BulkAction;
  preview: BulkPreview;
  /** The number of keys that were picked one by one. */
  picked: number | undefined;
  isBusy: boolean;
  onConfirm: () => void;
}

function Confirmation({ action, preview: { count, keys }, picked, isBusy, onConfirm }: ConfirmationProps) {
  const { bulk } = useTexts();
  const first = useFirstFocus<HTMLInputElement>();
  const [typed, setTyped] = useState('');
  if (count === 0) return <p>{bulk.nothing}</p>;
  const named = keys.slice(0, NAMED);
  return (
    <form
      id="bulk"
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isBusy) onConfirm();
      }}
    >
      <p>
        <strong>{bulk.affected(count)}.</strong> {bulk.effect[action]}
      </p>
      <ul class="plain-list">
        {named.map(({ id, description, keyPrefix }) => (
          <li key={id}>
            <bdi>{description}</bdi> <code class="faint">{keyPrefix}…</code>
          </li>
        ))}
        {count > named.length && <li class="faint">{bulk.andMore(count - named.length)}</li>}
      </ul>
      {picked !== undefined && picked > count && <p class="faint">{bulk.left(picked - count)}</p>}
      <Field label={bulk.typeCount(String(count))}>
        {(control) => (
          <input
            {...control}
            class="short"
            inputMode="numeric"
            autocomplete="off"
            pattern={String(count)}
            title={bulk.typeCount(String(count))}
            required
            ref={first}
            value={typed}
            onInput={(event) => setTyped(event.currentTarget.value)}
          />
        )}
      </Field>
    </form>
  );
}

function Outcome({ action, result, elapsedMs }: { action: BulkAction; result: BulkResults; elapsedMs: number }) {
  const { bulk } = useTexts();
  const { duration } = useFormats();
  const failed = result.results.filter(({ status }) => status !== 200);
  const changed = result.results.length - failed.length;
  return (
    <>
      <Notice tone="good">
        <strong>{bulk.done[action](changed)}</strong> {bulk.within(duration(elapsedMs))}.
      </Notice>
      {failed.length > 0 && (
        <>
          <p>{bulk.failed(failed.length)}</p>
          <ul class="plain-list">
            {countByMessage(failed).map(([message, n]) => (
              <li key={message}>
                {n} × <bdi>{message}</bdi>
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

function countByMessage(results: BulkResult[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const { message = '' } of results) counts.set(message, (counts.get(message) ?? 0) + 1);
  return [...counts];
}
