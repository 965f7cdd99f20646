import { STATUS, type Account } from '../account.entity.js';
import type { InvitedMemberView, MemberView, SignedUpMemberView } from './members.dto.js';

export function presentSignedUpMember({ uuid, email, role, status, createdAt }: Account): SignedUpMemberView {
  return { id: uuid, email, role, status: wordFor(status), createdAt: createdAt.toISOString() };
}

export function presentInvitedMember({
  member,
  signupLink,
}: {
  member: Account;
  signupLink: string;
}): InvitedMemberView {
  return { ...presentSignedUpMember(member), signupLink };
}

export function presentMember(member: Account): MemberView {
  return {
    ...presentSignedUpMember(member),
    username: member.username,
    firstName: member.firstName,
    lastName: member.lastName,
    merchantId: member.merchantId,
    lastLoginAt: member.lastLoginAt?.toISOString() ?? null,
  };
}

function wordFor(status: Account['status']): MemberView['status'] {
  if (status === STATUS.active) return 'active';
  return status === STATUS.notYet ? 'invited' : 'disabled';
}
