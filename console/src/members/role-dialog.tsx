import { useState } from 'preact/hooks';
import { api } from '../api/client.js';
import { refresh } from '../api/queries.js';
import type { MemberView, Role } from '../api/sdk.js';
import { useAction } from '../api/use-action.js';
import { useTexts } from '../texts/texts.js';
import { Button } from '../ui/button.js';
import { Dialog } from '../ui/dialog.js';
import { Failure, problemOf } from '../ui/failure.js';
import { RoleField } from './role-field.js';

export function RoleDialog({ of: member, onClose }: { of: MemberView; onClose: () => void }) {
  const { members: texts, common } = useTexts();
  const [role, setRole] = useState(member.role as Role);
  const change = useAction({
    mutationFn: async () => api.members.update(member.id, { role }),
    onSuccess: () => {
      void refresh();
      onClose();
    },
  });
  return (
    <Dialog title={texts.changeRoleTitle} onClose={onClose}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate();
        }}
      >
        <Failure error={change.error} />
        <p>
          <bdi>{member.email}</bdi>
        </p>
        <RoleField value={role} problem={problemOf(change.error, 'role')} onChange={setRole} />
        <footer>
          <Button onClick={onClose}>{common.cancel}</Button>
          <Button type="submit" kind="primary" isBusy={change.isPending} disabled={role === member.role}>
            {common.save}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}
