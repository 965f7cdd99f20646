import { useState } from 'preact/hooks';
import { api } from '../api/client.js';
import { refresh } from '../api/queries.js';
import { useAction } from '../api/use-action.js';
import { LevelField } from '../key-forms/level-field.js';
import { SecretDialog } from '../key-forms/secret-dialog.js';
import { useSession } from '../session/session.js';
import { useTexts } from '../texts/texts.js';
import { Button } from '../ui/button.js';
import { Dialog } from '../ui/dialog.js';
import { Failure, problemOf } from '../ui/failure.js';
import { Field } from '../ui/field.js';
import { Select } from '../ui/select.js';
import { useFirstFocus } from '../ui/use-first-focus.js';

/** Lifetimes that can be chosen, in seconds. */
const LIFETIMES = ['86400', '2592000', '7776000', '31536000'] as const;

const DEFAULT_LEVEL = 2;

/** Creates a key that acts for the person, and shows its two halves once, as they are sent. */
export function CreateMyKeyDialog({ onClose }: { onClose: () => void }) {
  const { myKeys: texts, form, key: words, common, secret } = useTexts();
  const own = useSession().level;
  const [name, setName] = useState('');
  const [level, setLevel] = useState(String(Math.min(own, DEFAULT_LEVEL)));
  const [lifetime, setLifetime] = useState<string>(LIFETIMES[2]);
  const first = useFirstFocus<HTMLInputElement>();
  // Nothing keeps the answer, which holds the secret, when this dialog is gone.
  const creation = useAction({
    mutationFn: async () => api.personalKeys.create({ name, level: Number(level), expiresIn: Number(lifetime) }),
    onSuccess: () => void refresh(),
    gcTime: 0,
  });
  if (creation.data !== undefined) {
    const { key, secret: its } = creation.data.apikey;
    return <SecretDialog title={secret.createdTitle} secret={`${key}:${its}`} onClose={onClose} />;
  }
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
        <Field label={texts.name} hint={texts.nameHint} problem={problemOf(creation.error, 'name')}>
          {(control) => (
            <input
              {...control}
              ref={first}
              required
              autocomplete="off"
              value={name}
              onInput={(event) => setName(event.currentTarget.value)}
            />
          )}
        </Field>
        <LevelField value={level} error={creation.error} onChange={setLevel} />
        <Field label={form.expiry} problem={problemOf(creation.error, 'expiresIn')}>
          {(control) => (
            <Select
              {...control}
              value={lifetime}
              options={LIFETIMES.map((seconds) => [seconds, texts.lifetimes[seconds]])}
              onChange={setLifetime}
            />
          )}
        </Field>
        <footer>
          <Button onClick={onClose}>{common.cancel}</Button>
          <Button type="submit" kind="primary" isBusy={creation.isPending}>
            {texts.create}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}
