import { IsEmail, IsIn, IsOptional, IsUUID } from 'class-validator';
import { ROLE_NAMES } from '../../access/levels.js';
import { EMAIL, IsText } from '../../platform/validation/text.js';
import { PageQuery, PageView } from '../../platform/http/paging/page.dto.js';
import { NewPerson } from '../person.dto.js';

/** A member in a path, with an example. */
export const MEMBER_ID = ["The member's id.", '0b0a5c0e-7c3e-4f63-9d1b-9f0a4f6a2f10'] as const;

/** Whom to invite to one's own merchant. */
export class InviteMemberBody {
  /**
   * Also the user name.
   * @example "dev@shop.example"
   */
  @IsEmail(EMAIL)
  @IsText(254)
  email: string;

  /**
   * Not above your own.
   * @example "readOnly"
   */
  @IsIn(ROLE_NAMES)
  role: 'readSome' | 'readOnly' | 'writeSome' | 'user' | 'bughunter' | 'support' | 'admin';
}

/** Somebody who belongs to a merchant, as a signup answers. */
export class SignedUpMemberView {
  /** @example "0b0a5c0e-7c3e-4f63-9d1b-9f0a4f6a2f10" */
  id: string;

  /** @example "dev@shop.example" */
  email: string;

  /** @example "user" */
  role: string;

  /** @example "active" */
  status: 'invited' | 'active' | 'disabled';

  /** @example "2026-11-21T13:30:00.000Z" */
  createdAt: string;
}

/** A member who has just been invited. */
export class InvitedMemberView extends SignedUpMemberView {
  /**
   * Good once, for a week; it also goes out by mail.
   * @example "http://127.0.0.1:3000/api/v1/members/signup?token=3b1f0a"
   */
  signupLink: string;
}

/** Somebody who belongs to a merchant. */
export class MemberView extends SignedUpMemberView {
  /** @example "dev@shop.example" */
  username: string;

  /** @example "Ada" */
  firstName: string | null;

  /** @example "Lovelace" */
  lastName: string | null;

  /** @example "5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11" */
  merchantId: string;

  /** The latest login; `null` is none yet. */
  lastLoginAt: string | null;
}

export class MemberPage extends PageView {
  items: MemberView[];
}

/** Whose members are listed. */
export class ListMembersQuery extends PageQuery {
  /**
   * Another merchant's, for level 7 and above.
   * @example "5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11"
   */
  @IsOptional()
  @IsUUID()
  merchantId?: string;
}

/** An invited member who accepts. */
export class SignUpMemberBody extends NewPerson {}

/** What changes about a member. */
export class UpdateMemberBody {
  /**
   * Not above your own. Lowering it ends the member's personal keys above the new level, for good.
   * @example "readOnly"
   */
  @IsOptional()
  @IsIn(ROLE_NAMES)
  role?: 'readSome' | 'readOnly' | 'writeSome' | 'user' | 'bughunter' | 'support' | 'admin';

  /** A disabled member's tokens are refused at once, and the member's personal keys die. */
  @IsOptional()
  @IsIn(['active', 'disabled'])
  status?: 'active' | 'disabled';
}
