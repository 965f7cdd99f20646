import { useState } from 'preact/hooks';
import { api } from '../api/client.js';
import { refresh } from '../api/queries.js';
import type { Role } from '../api/sdk.js';
import { useAction } from '../api/use-action.js';
import { useTexts } from '../texts/texts.js';
import { Button } from '../ui/button.js';
import { CopyButton } from '../ui/copy-button.js';
import { Dialog } from '../ui/dialog.js';
import { Failure, problemOf } from '../ui/failure.js';
import { Field } from '../ui/field.js';
import { Notice } from '../ui/notice.js';
import { useFirstFocus } from '../ui/use-first-focus.js';
import { RoleField } from './role-field.js';

/** Invites a person by mail, and shows the link, which is as good as the mail. */
export function InviteDialog({ onClose }: { onClose: () => void }) {
  const { members: texts, common } = useTexts();
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<Role>('readOnly');
  const first = useFirstFocus<HTMLInputElement>();
  // Nothing keeps the answer, which holds the link, when this dialog is gone.
  const invitation = useAction({
    mutationFn: async () => api.members.invite({ email, role }),
    onSuccess: () => void refresh(),
    gcTime: 0,
  });
  if (invitation.data !== undefined)
    return (
      <Dialog title={texts.invited} onClose={onClose}>
        <Notice tone="good">
          <bdi>{email}</bdi>
        </Notice>
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
        <Field label={texts.email} problem={problemOf(invitation.error, 'email')}>
          {(control) => (
            <input
              {...control}
              ref={first}
              type="email"
              required
              autocomplete="off"
              value={email}
              onInput={(event) => setEmail(event.currentTarget.value)}
            />
          )}
        </Field>
        <RoleField value={role} problem={problemOf(invitation.error, 'role')} onChange={setRole} />
        <footer>
          <Button onClick={onClose}>{common.cancel}</Button>
          <Button type="submit" kind="primary" isBusy={invitation.isPending}>
            {texts.send}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}
