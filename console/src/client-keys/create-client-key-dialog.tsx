import { useRef, useState } from 'preact/hooks';
import { refresh } from '../api/queries.js';
import { useAction } from '../api/use-action.js';
import { SecretDialog } from '../key-forms/secret-dialog.js';
import { useTexts } from '../texts/texts.js';
import { Button } from '../ui/button.js';
import { Dialog } from '../ui/dialog.js';
import { Failure, problemOf } from '../ui/failure.js';
import { Field } from '../ui/field.js';
import { Select } from '../ui/select.js';
import { createClientKey, readClientPair } from './client-keys.js';

/** Lifetimes that can be chosen, in seconds; `default` is what the key policy says. */
const LIFETIMES = ['default', '2592000', '7776000', '31536000'] as const;

/** Creates a key of the client, and shows its two halves once, as they are sent. */
export function CreateClientKeyDialog({ onClose }: { onClose: () => void }) {
  const { clientKeys: texts, form, key: words, common, secret } = useTexts();
  const [lifetime, setLifetime] = useState<string>(LIFETIMES[0]);
  // A key that was created, but whose secret could not be read, is not created again.
  const created = useRef<string>(undefined);
  // Nothing keeps the answer, which holds the secret, when this dialog is gone.
  const creation = useAction({
    mutationFn: async () => {
      created.current ??= await createClientKey(lifetime === 'default' ? undefined : Number(lifetime));
      return readClientPair(created.current);
    },
    onSuccess: () => void refresh(),
    gcTime: 0,
  });
  if (creation.data !== undefined)
    return (
      <SecretDialog title={secret.createdTitle} secret={creation.data} reason={texts.withheld} onClose={onClose} />
    );
  return (
    <Dialog title={words.createTitle} onClose={onClose}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          creation.mutate();
        }}
      >
        <Failure error={creation.error} />
        <Field label={form.expiry} problem={problemOf(creation.error, 'expires_in')}>
          {(control) => (
            <Select
              {...control}
              value={lifetime}
              options={LIFETIMES.map((name) => [name, form.expiries[name]])}
              onChange={setLifetime}
            />
          )}
        </Field>
        <footer>
          <Button onClick={onClose}>{common.cancel}</Button>
          <Button type="submit" kind="primary" isBusy={creation.isPending}>
            {words.create}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}
