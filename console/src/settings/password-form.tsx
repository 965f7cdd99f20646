import { useState } from 'preact/hooks';
import { api } from '../api/client.js';
import { refresh } from '../api/queries.js';
import { useAction } from '../api/use-action.js';
import { useTexts } from '../texts/texts.js';
import { Button } from '../ui/button.js';
import { Failure, problemOf } from '../ui/failure.js';
import { Field } from '../ui/field.js';
import { tell } from '../ui/toasts.js';
import { CurrentPasswordField } from './current-password-field.js';

/** Changes the own password, which the current one allows. */
export function PasswordForm() {
  const { settings } = useTexts();
  const [currentPassword, setCurrent] = useState('');
  const [password, setPassword] = useState('');
  const change = useAction({
    mutationFn: async () => api.account.update({ currentPassword, password }),
    onSuccess: () => {
      setCurrent('');
      setPassword('');
      void refresh();
      tell(settings.passwordChanged);
    },
  });
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        change.mutate();
      }}
    >
      <Failure error={change.error} />
      <CurrentPasswordField value={currentPassword} error={change.error} onInput={setCurrent} />
      <Field label={settings.newPassword} hint={settings.newPasswordHint} problem={problemOf(change.error, 'password')}>
        {(control) => (
          <input
            {...control}
            type="password"
            autocomplete="new-password"
            required
            maxLength={200}
            value={password}
            onInput={(event) => setPassword(event.currentTarget.value)}
          />
        )}
      </Field>
      <div>
        <Button type="submit" isBusy={change.isPending}>
          {settings.changePassword}
        </Button>
      </div>
    </form>
  );
}
