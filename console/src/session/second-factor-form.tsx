import { useState } from 'preact/hooks';
import { consoleSession, ONCE } from '../api/console-session.js';
import type { LoginSecondStepBody, SecondFactorChallenge } from '../api/sdk.js';
import { useAction } from '../api/use-action.js';
import { useTexts } from '../texts/texts.js';
import { Button } from '../ui/button.js';
import { Failure } from '../ui/failure.js';
import { Field } from '../ui/field.js';
import { useFirstFocus } from '../ui/use-first-focus.js';

interface SecondFactorFormProps {
  challenge: SecondFactorChallenge;
  onSignedIn: () => void;
  onStartOver: () => void;
}

type Answer = Omit<LoginSecondStepBody, 'challenge'>;

/** Asks for a code, a recovery code or a passkey, of those that the account has. */
export function SecondFactorForm({ challenge, onSignedIn, onStartOver }: SecondFactorFormProps) {
  const { signIn } = useTexts();
  const first = useFirstFocus<HTMLInputElement>();
  const { methods } = challenge;
  const [isRecovering, setRecovering] = useState(!methods.includes('totp'));
  const [code, setCode] = useState('');
  const attempt = useAction({
    mutationFn: async (answer: Answer | 'passkey') =>
      consoleSession.openSessionWithFactor(
        {
          challenge: challenge.challenge,
          ...(answer === 'passkey' ? { passkey: await askPasskey(challenge) } : answer),
        },
        ONCE,
      ),
    onSuccess: onSignedIn,
    onError: () => setCode(''),
  });
  const canSwitch = methods.includes('totp') && methods.includes('recoveryCode');
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        attempt.mutate(isRecovering ? { recoveryCode: code } : { code });
      }}
    >
      <p class="faint">{signIn.factorHint}</p>
      <Failure error={attempt.error} />
      {methods.includes('passkey') && (
        <Button kind="primary" isBusy={attempt.isPending} onClick={() => attempt.mutate('passkey')}>
          {signIn.passkey}
        </Button>
      )}
      <Field label={isRecovering ? signIn.recoveryCode : signIn.code}>
        {(control) => (
          <input
            {...control}
            class="code"
            value={code}
            onInput={(event) => setCode(event.currentTarget.value)}
            autocomplete={isRecovering ? 'off' : 'one-time-code'}
            inputMode={isRecovering ? 'text' : 'numeric'}
            spellcheck={false}
            required
            ref={first}
          />
        )}
      </Field>
      <Button type="submit" kind="primary" isBusy={attempt.isPending}>
        {signIn.confirm}
      </Button>
      <div class="row">
        {canSwitch && (
          <Button kind="quiet" onClick={() => setRecovering(!isRecovering)}>
            {isRecovering ? signIn.useCode : signIn.useRecoveryCode}
          </Button>
        )}
        <Button kind="quiet" onClick={onStartOver}>
          {signIn.startOver}
        </Button>
      </div>
    </form>
  );
}

/** Has the browser sign the challenge with a passkey of the account. */
async function askPasskey({ passkeyOptions }: SecondFactorChallenge): Promise<LoginSecondStepBody['passkey']> {
  const options = passkeyOptions as unknown as PublicKeyCredentialRequestOptionsJSON;
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  const credential = (await navigator.credentials.get({ publicKey })) as PublicKeyCredential;
  return { ...credential.toJSON() };
}
