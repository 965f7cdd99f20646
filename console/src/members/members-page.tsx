import { useQuery } from '@tanstack/preact-query';
import { useState } from 'preact/hooks';
import { api } from '../api/client.js';
import type { MemberView, Role } from '../api/sdk.js';
import { LEVELS, useMay } from '../session/session.js';
import { useTexts } from '../texts/texts.js';
import { ActionsHeader } from '../ui/actions.js';
import { Badge, type Tone } from '../ui/badge.js';
import { Button } from '../ui/button.js';
import { Failure } from '../ui/failure.js';
import { PageTitle } from '../ui/page-title.js';
import { Time } from '../ui/time.js';
import { InviteDialog } from './invite-dialog.js';
import { MemberActions } from './member-actions.js';

const PAGE_SIZE = 100;

async function readAll(): Promise<MemberView[]> {
  const all: MemberView[] = [];
  for await (const member of api.members.list({ limit: PAGE_SIZE })) all.push(member);
  return all;
}

const TONES: Record<string, Tone> = { active: 'good', invited: 'quiet', disabled: 'warning' };

/** The people of the merchant. */
export function MembersPage() {
  const { members: texts, common } = useTexts();
  const query = useQuery({ queryKey: ['members'], queryFn: readAll });
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

function MemberTable({ members, mayWrite }: { members: MemberView[]; mayWrite: boolean }) {
  const { members: texts, roles } = useTexts();
  return (
    <table class="cards">
      <thead>
        <tr>
          <th scope="col">{texts.name}</th>
          <th scope="col">{texts.role}</th>
          <th scope="col">{texts.status}</th>
          <th scope="col">{texts.lastLogin}</th>
          {mayWrite && <ActionsHeader />}
        </tr>
      </thead>
      <tbody>
        {members.map((member) => (
          <tr key={member.id}>
            <th scope="row" class="name">
              <bdi>{nameOf(member)}</bdi>
              {member.email !== nameOf(member) && (
                <span class="faint small">
                  <bdi>{member.email}</bdi>
                </span>
              )}
            </th>
            <td data-label={texts.role}>{roles[member.role as Role]}</td>
            <td data-label={texts.status}>
              <Badge tone={TONES[member.status] ?? 'quiet'}>{texts.statuses[member.status]}</Badge>
            </td>
            <td data-label={texts.lastLogin}>
              <Time value={member.lastLoginAt} />
            </td>
            {mayWrite && (
              <td class="end">
                <MemberActions of={member} others={members.filter(({ id }) => id !== member.id)} />
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function nameOf({ firstName, lastName, email }: MemberView): string {
  const name = [firstName, lastName].filter((part) => part !== null && part !== '').join(' ');
  return name === '' ? email : name;
}
