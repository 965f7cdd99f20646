import { useState } from 'preact/hooks';
import { api } from '../api/client.js';
import { refresh } from '../api/queries.js';
import { useAction } from '../api/use-action.js';
import { useSession } from '../session/session.js';
import { useTexts } from '../texts/texts.js';
import { Button } from '../ui/button.js';
import { Failure, problemOf } from '../ui/failure.js';
import { Field } from '../ui/field.js';
import { tell } from '../ui/toasts.js';

/** Changes the own password, which the current one allows. */
export function PasswordForm() {
  const { settings } = useTexts();
  const { account } = useSession();
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
      {/* Tells password managers whose password it is. */}
      <input hidden autocomplete="username" value={account.username} readOnly />
      <Field label={settings.currentPassword} problem={problemOf(change.error, 'currentPassword')}>
        {(control) => (
          <input
            {...control}
            type="password"
            autocomplete="current-password"
            required
            value={currentPassword}
            onInput={(event) => setCurrent(event.currentTarget.value)}
          />
        )}
      </Field>
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
