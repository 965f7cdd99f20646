import { useState } from 'preact/hooks';
import { LEVELS, useMay } from '../session/session.js';
import { useTexts } from '../texts/texts.js';
import { Button } from '../ui/button.js';
import { Failure } from '../ui/failure.js';
import { PageTitle } from '../ui/page-title.js';
import { InviteDialog } from './invite-dialog.js';
import { MemberTable } from './member-table.js';
import { useMembers } from './use-members.js';

/** The people of the merchant. */
export function MembersPage() {
  const { members: texts, common } = useTexts();
  const query = useMembers();
  const mayWrite = useMay(LEVELS.writeOwn);
  const [isInviting, setInviting] = useState(false);
  return (
    <>
      <PageTitle title={texts.title}>
        {mayWrite && (
          <Button kind="primary" onClick={() => setInviting(true)}>
            {texts.invite}
          </Button>
        )}
      </PageTitle>
      <p class="lead">{texts.hint}</p>
      <Failure error={query.error} />
      {query.isPending && <p class="faint">{common.loading}</p>}
      {query.data !== undefined && <MemberTable members={query.data} mayWrite={mayWrite} />}
      {isInviting && <InviteDialog onClose={() => setInviting(false)} />}
    </>
  );
}
