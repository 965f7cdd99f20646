import { useQuery } from '@tanstack/preact-query';
import { useState } from 'preact/hooks';
import { api } from '../api/client.js';
import { measured } from '../api/measured.js';
import { refresh } from '../api/queries.js';
import type { MerchantView } from '../api/sdk.js';
import { useAction } from '../api/use-action.js';
import { useTexts } from '../texts/texts.js';
import { Button } from '../ui/button.js';
import { Dialog } from '../ui/dialog.js';
import { Failure, problemOf } from '../ui/failure.js';
import { Field } from '../ui/field.js';
import { useFormats } from '../ui/formats.js';
import { linesOf } from '../ui/lines.js';
import { Notice } from '../ui/notice.js';
import { tell } from '../ui/toasts.js';
import { TypedNameForm } from '../ui/typed-name-form.js';
import { startOf, sumByOutcome, totalOf } from '../usage/periods.js';

interface MerchantDialogProps {
  of: MerchantView;
  onClose: () => void;
}

/** Sets the scopes beyond which no key of a merchant goes. */
export function MerchantScopesDialog({ of: { id, name, scopes }, onClose }: MerchantDialogProps) {
  const { merchants: texts, merchant: words, common } = useTexts();
  const [typed, setTyped] = useState(scopes.join('\n'));
  const change = useAction({
    mutationFn: async () => api.merchants.update(id, { scopes: linesOf(typed) ?? [] }),
    onSuccess: () => {
      void refresh();
      tell(texts.scopesChanged(name));
      onClose();
    },
  });
  return (
    <Dialog title={texts.changeScopesTitle} onClose={change.isPending ? undefined : onClose}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate();
        }}
      >
        <Failure error={change.error} />
        <p>
          <bdi>{name}</bdi>
        </p>
        <Field label={words.scopes} hint={texts.scopesHint} problem={problemOf(change.error, 'scopes')}>
          {(control) => (
            <textarea
              {...control}
              rows={4}
              class="mono"
              spellcheck={false}
              value={typed}
              onInput={(event) => setTyped(event.currentTarget.value)}
            />
          )}
        </Field>
        <footer>
          <Button onClick={onClose} isBusy={change.isPending}>
            {common.cancel}
          </Button>
          <Button type="submit" kind="primary" isBusy={change.isPending}>
            {common.save}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}

/** Blocks a merchant after a look at how much its keys are used and its name has been typed, and says that it is done only when every instance refuses them. */
export function BlockMerchantDialog({ of: { id, name }, onClose }: MerchantDialogProps) {
  const { merchants: texts, common } = useTexts();
  const { duration } = useFormats();
  const usage = useQuery({
    queryKey: ['usage', id, '24h'],
    queryFn: () => api.insight.readUsage({ merchantId: id, from: startOf('24h').toISOString(), interval: 'hour' }),
  });
  const blocking = useAction({
    mutationFn: () => measured(() => api.merchants.update(id, { status: 'blocked' })),
    onSuccess: () => void refresh(),
  });
  if (blocking.data !== undefined)
    return (
      <Dialog title={name} onClose={onClose}>
        <Notice tone="good">
          <strong>{texts.blocked(duration(blocking.data.elapsedMs))}</strong>
        </Notice>
        <footer>
          <Button kind="primary" onClick={onClose}>
            {common.close}
          </Button>
        </footer>
      </Dialog>
    );
  return (
    <Dialog title={texts.blockTitle} onClose={blocking.isPending ? undefined : onClose}>
      <TypedNameForm
        of={name}
        submit={texts.blockConfirm}
        isBusy={blocking.isPending}
        onSubmit={() => blocking.mutate()}
        onCancel={onClose}
      >
        <Failure error={usage.error ?? blocking.error} />
        {usage.isPending && <p class="faint">{common.loading}</p>}
        {usage.data !== undefined && (
          <p>
            <strong>{texts.inUse(totalOf(sumByOutcome(usage.data.intervals)))}</strong>
          </p>
        )}
        <p>{texts.blockHint}</p>
      </TypedNameForm>
    </Dialog>
  );
}

/** Deletes a merchant with all that it has, after a look at how much that is and its name has been typed. */
export function DeleteMerchantDialog({ of: { id, name }, onClose }: MerchantDialogProps) {
  const { merchants: texts } = useTexts();
  const preview = useQuery({
    queryKey: ['merchants', 'deletion', id],
    queryFn: () => api.merchants.delete(id, { dryRun: true }),
    staleTime: 0,
  });
  const deletion = useAction({
    mutationFn: async () => api.merchants.delete(id),
    onSuccess: () => {
      void refresh();
      tell(texts.deleted(name));
      onClose();
    },
  });
  return (
    <Dialog title={texts.deleteTitle} onClose={deletion.isPending ? undefined : onClose}>
      <TypedNameForm
        of={name}
        submit={texts.deleteConfirm}
        isUnknown={preview.data === undefined}
        isBusy={deletion.isPending}
        onSubmit={() => deletion.mutate()}
        onCancel={onClose}
      >
        <Failure error={preview.error ?? deletion.error} />
        {preview.isPending && <p class="faint">{texts.counting}</p>}
        {preview.data !== undefined && (
          <ul>
            <li>{texts.keys(preview.data.keys)}</li>
            <li>{texts.applications(preview.data.applications)}</li>
            <li>{texts.members(preview.data.members)}</li>
            <li>{texts.webhooks(preview.data.webhooks)}</li>
          </ul>
        )}
        <p>{texts.deleteHint}</p>
      </TypedNameForm>
    </Dialog>
  );
}
