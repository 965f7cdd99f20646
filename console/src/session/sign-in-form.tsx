import { useState } from 'preact/hooks';
import { consoleSession, ONCE } from '../api/console-session.js';
import { KeywrightError, type SecondFactorChallenge } from '../api/sdk.js';
import { useAction } from '../api/use-action.js';
import { useTexts } from '../texts/texts.js';
import { Button } from '../ui/button.js';
import { Failure } from '../ui/failure.js';
import { Field } from '../ui/field.js';
import { useFirstFocus } from '../ui/use-first-focus.js';
import { SecondFactorForm } from './second-factor-form.js';

interface SignInFormProps {
  /** The user name to begin with. */
  username?: string;
  onSignedIn: () => void;
}

/** The steps of a sign-in: the password, then the second factor of an account that has one. */
export function SignInForm({ username = '', onSignedIn }: SignInFormProps) {
  const { signIn } = useTexts();
  const first = useFirstFocus<HTMLInputElement>();
  const [challenge, setChallenge] = useState<SecondFactorChallenge | null>(null);
  const [name, setName] = useState(username);
  const [password, setPassword] = useState('');
  const attempt = useAction({
    mutationFn: () => consoleSession.openSession({ username: name, password }, ONCE),
    onSuccess: onSignedIn,
    onError: (error) => {
      if (error instanceof KeywrightError && error.secondFactor) setChallenge(error.secondFactor);
    },
    onSettled: () => setPassword(''),
  });
  if (challenge !== null)
    return (
      <SecondFactorForm
        challenge={challenge}
        onSignedIn={onSignedIn}
        onStartOver={() => {
          setChallenge(null);
          attempt.reset();
        }}
      />
    );
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        attempt.mutate();
      }}
    >
      <Failure error={attempt.error} />
      <Field label={signIn.username}>
        {(control) => (
          <input
            {...control}
            ref={username === '' ? first : undefined}
            value={name}
            onInput={(event) => setName(event.currentTarget.value)}
            autocomplete="username"
            autocapitalize="none"
            spellcheck={false}
            required
          />
        )}
      </Field>
      <Field label={signIn.password}>
        {(control) => (
          <input
            {...control}
            ref={username === '' ? undefined : first}
            type="password"
            value={password}
            onInput={(event) => setPassword(event.currentTarget.value)}
            autocomplete="current-password"
            required
          />
        )}
      </Field>
      <Button type="submit" kind="primary" isBusy={attempt.isPending}>
        {signIn.submit}
      </Button>
    </form>
  );
}
