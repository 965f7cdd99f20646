import type { ComponentChildren } from 'preact';
import type { MemberView, Role } from '../api/sdk.js';
import { useTexts } from '../texts/texts.js';
import { ActionsHeader } from '../ui/actions.js';
import { Badge, type Tone } from '../ui/badge.js';
import { Time } from '../ui/time.js';
import { MemberActions } from './member-actions.js';

const TONES: Record<string, Tone> = { active: 'good', invited: 'quiet', disabled: 'warning' };

interface MemberTableProps {
  members: MemberView[];
  mayWrite: boolean;
  /** Shows whose member each is, where there are those of several merchants. */
  merchantOf?: (member: MemberView) => ComponentChildren;
}

export function MemberTable({ members, mayWrite, merchantOf }: MemberTableProps) {
  const { members: texts, merchant, roles } = useTexts();
  return (
    <table class="cards">
      <thead>
        <tr>
          <th scope="col">{texts.name}</th>
          {merchantOf !== undefined && <th scope="col">{merchant.title}</th>}
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
            {merchantOf !== undefined && <td data-label={merchant.title}>{merchantOf(member)}</td>}
            <td data-label={texts.role}>{roles[member.role as Role]}</td>
            <td data-label={texts.status}>
              <Badge tone={TONES[member.status] ?? 'quiet'}>{texts.statuses[member.status]}</Badge>
            </td>
            <td data-label={texts.lastLogin}>
              <Time value={member.lastLoginAt} />
            </td>
            {mayWrite && (
              <td class="end">
                <MemberActions of={member} />
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
