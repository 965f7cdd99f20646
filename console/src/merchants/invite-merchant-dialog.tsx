import { useState } from 'preact/hooks';
import { api } from '../api/client.js';
import { useAction } from '../api/use-action.js';
import { useTexts } from '../texts/texts.js';
import { Button } from '../ui/button.js';
import { CopyButton } from '../ui/copy-button.js';
import { Dialog } from '../ui/dialog.js';
import { Failure, problemOf } from '../ui/failure.js';
import { Field } from '../ui/field.js';
import { useFirstFocus } from '../ui/use-first-focus.js';

/** Makes a link by which a merchant signs up, and mails it to an address if there is one. */
export function InviteMerchantDialog({ onClose }: { onClose: () => void }) {
  const { merchants: texts, common } = useTexts();
  const [email, setEmail] = useState('');
  const first = useFirstFocus<HTMLInputElement>();
  // Nothing keeps the answer, which holds the link, when this dialog is gone.
  const invitation = useAction({
    mutationFn: async () => api.merchants.invite(email === '' ? {} : { email }),
    gcTime: 0,
  });
  if (invitation.data !== undefined)
    return (
      <Dialog title={texts.invited} onClose={onClose}>
        <p>{texts.linkHint}</p>
        <div class="row">
          {texts.link} <CopyButton text={invitation.data.signupLink} label={texts.link} />
        </div>
        <footer>
          <Button kind="primary" onClick={onClose}>
            {common.close}
          </Button>
        </footer>
      </Dialog>
    );
  return (
    <Dialog title={texts.inviteTitle} onClose={onClose}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          invitation.mutate();
        }}
      >
        <Failure error={invitation.error} />
        <Field label={texts.email} isOptional hint={texts.emailHint} problem={problemOf(invitation.error, 'email')}>
          {(control) => (
            <input
              {...control}
              ref={first}
              type="email"
              autocomplete="off"
              value={email}
              onInput={(event) => setEmail(event.currentTarget.value)}
            />
          )}
        </Field>
        <footer>
          <Button onClick={onClose}>{common.cancel}</Button>
          <Button type="submit" kind="primary" isBusy={invitation.isPending}>
            {texts.makeLink}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}
