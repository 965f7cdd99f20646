import { useState } from 'preact/hooks';
import { ROLES, type Role } from '../../../src/access/levels.js';
import { api } from '../api/client.js';
import { refresh } from '../api/queries.js';
import type { MemberView } from '../api/sdk.js';
import { useAction } from '../api/use-action.js';
import { useSession } from '../session/session.js';
import { useTexts } from '../texts/texts.js';
import { ActionsMenu } from '../ui/actions.js';
import { Button } from '../ui/button.js';
import { Failure } from '../ui/failure.js';
import { tell } from '../ui/toasts.js';
import { LeaveDialog } from './leave-dialog.js';
import { RoleDialog } from './role-dialog.js';

/** What can be done with a member: nothing with oneself, or with somebody who may do more. */
export function MemberActions({ of: member }: { of: MemberView }) {
  const { members: texts, common } = useTexts();
  const { account, level } = useSession();
  const [open, setOpen] = useState<'role' | 'disable' | 'remove' | null>(null);
  const enable = useAction({
    mutationFn: async () => api.members.update(member.id, { status: 'active' }),
    onSuccess: () => {
      void refresh();
      tell(texts.nowEnabled(member.email));
    },
  });
  const close = (): void => setOpen(null);
  if (member.username === account.username || ROLES[member.role as Role] > level) return null;
  return (
    <>
      <ActionsMenu of={member.email}>
        <Button data-closes onClick={() => setOpen('role')}>
          {texts.changeRole}
        </Button>
        {member.status === 'active' && (
          <Button data-closes onClick={() => setOpen('disable')}>
            {texts.disable}
          </Button>
        )}
        {member.status === 'disabled' && (
          <Button data-closes onClick={() => enable.mutate()}>
            {common.enable}
          </Button>
        )}
        <Button data-closes kind="danger" onClick={() => setOpen('remove')}>
          {texts.remove}
        </Button>
      </ActionsMenu>
      <Failure error={enable.error} />
      {open === 'role' && <RoleDialog of={member} onClose={close} />}
      {(open === 'disable' || open === 'remove') && <LeaveDialog of={member} way={open} onClose={close} />}
    </>
  );
}
