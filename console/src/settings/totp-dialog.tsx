import { useState } from 'preact/hooks';
import { api } from '../api/client.js';
import type { NewTotpView } from '../api/sdk.js';
import { useAction } from '../api/use-action.js';
import { useTexts } from '../texts/texts.js';
import { Button } from '../ui/button.js';
import { CopyButton } from '../ui/copy-button.js';
import { Dialog } from '../ui/dialog.js';
import { Failure, problemOf } from '../ui/failure.js';
import { Field } from '../ui/field.js';
import { QrCode } from '../ui/qr-code.js';
import { useFirstFocus } from '../ui/use-first-focus.js';
import { OwnerDialog } from './owner-dialog.js';

interface TotpDialogProps {
  /** Called with the recovery codes, if it is the first second factor. */
  onDone: (recoveryCodes: string[] | null) => void;
  onClose: () => void;
}

/** Sets an authenticator app up: it is in force as soon as its first code has been accepted. */
export function TotpDialog({ onDone, onClose }: TotpDialogProps) {
  const { secondFactor: texts } = useTexts();
  const [secret, setSecret] = useState<NewTotpView | null>(null);
  if (secret !== null) return <ConfirmTotpDialog secret={secret} onDone={onDone} onClose={onClose} />;
  return (
    <OwnerDialog
      title={texts.appTitle}
      hint={texts.appHint}
      submit={texts.goOn}
      action={(owner) => api.secondFactors.createTotp(owner)}
      onDone={setSecret}
      onClose={onClose}
    />
  );
}

/** The secret as people read it to each other, and type it. */
const inGroups = (secret: string): string => secret.replaceAll(/.{4}(?!$)/g, '$& ');

function ConfirmTotpDialog({ secret: { secret, uri }, onDone, onClose }: TotpDialogProps & { secret: NewTotpView }) {
  const { secondFactor: texts, signIn, common } = useTexts();
  const [code, setCode] = useState('');
  const first = useFirstFocus<HTMLInputElement>();
  const confirmation = useAction({
    mutationFn: async () => api.secondFactors.confirmTotp({ code }),
    onSuccess: ({ recoveryCodes }) => onDone(recoveryCodes),
    onError: () => setCode(''),
    gcTime: 0,
  });
  return (
    <Dialog title={texts.appTitle} onClose={onClose}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          confirmation.mutate();
        }}
      >
        <p>{texts.secretHint}</p>
        <div class="secret with-code" role="group" aria-label={texts.secret}>
          <QrCode text={uri} label={texts.qrCode} />
          <div class="stack">
            <code>{inGroups(secret)}</code>
            <div class="row">
              <CopyButton text={secret} label={texts.secret} />
              <a href={uri}>{texts.openApp}</a>
            </div>
          </div>
        </div>
        <Failure error={confirmation.error} />
        <Field label={signIn.code} hint={texts.codeHint} problem={problemOf(confirmation.error, 'code')}>
          {(control) => (
            <input
              {...control}
              ref={first}
              class="code"
              value={code}
              onInput={(event) => setCode(event.currentTarget.value)}
              autocomplete="one-time-code"
              inputMode="numeric"
              spellcheck={false}
              required
            />
          )}
        </Field>
        <footer>
          <Button onClick={onClose}>{common.cancel}</Button>
          <Button type="submit" kind="primary" isBusy={confirmation.isPending}>
            {signIn.confirm}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}
