import { IsBoolean, IsEmail, IsIn, IsOptional } from 'class-validator';
import { ROLE_NAMES } from '../../access/levels.js';
import { EMAIL, IsText } from '../../platform/validation/text.js';
import { PageQuery, PageView, QueryFlag } from '../../platform/http/paging/page.dto.js';
import { NewPerson } from '../person.dto.js';
import { IsId } from '../../platform/validation/uuid.js';

/** Describes a member in a path, with an example. */
export const MEMBER_ID = ["The member's id.", '0b0a5c0e-7c3e-4f63-9d1b-9f0a4f6a2f10'] as const;

/** A member to invite. */
export class InviteMemberBody {
  /**
   * The e-mail address, which is also the username.
   * @example "dev@shop.example"
   */
  @IsEmail(EMAIL)
  @IsText(254)
  email: string;

  /**
   * The role, not above your own.
   * @example "readOnly"
   */
  @IsIn(ROLE_NAMES)
  role: 'readSome' | 'readOnly' | 'writeSome' | 'user' | 'bughunter' | 'support' | 'admin';
}

/** A member who has just signed up. */
export class SignedUpMemberView {
  /**
   * The id of the member.
   * @example "0b0a5c0e-7c3e-4f63-9d1b-9f0a4f6a2f10"
   */
  id: string;

  /**
   * The e-mail address.
   * @example "dev@shop.example"
   */
  email: string;

  /**
   * The role, which determines the level.
   * @example "user"
   */
  role: string;

  /**
   * Whether the member is `active`, still `invited`, or `disabled`.
   * @example "active"
   */
  status: 'invited' | 'active' | 'disabled';

  /**
   * When the member was invited or created.
   * @example "2026-11-21T13:30:00.000Z"
   */
  createdAt: string;
}

/** A member who has just been invited. */
export class InvitedMemberView extends SignedUpMemberView {
  /**
   * The invitation link, valid once and for a week. It is also sent by mail.
   * @example "http://127.0.0.1:3000/api/v1/members/signup?token=3b1f0a"
   */
  signupLink: string;
}

/** A member of a merchant. */
export class MemberView extends SignedUpMemberView {
  /**
   * The username.
   * @example "dev@shop.example"
   */
  username: string;

  /**
   * The first name; `null` until the member has signed up.
   * @example "Ada"
   */
  firstName: string | null;

  /**
   * The last name; `null` until the member has signed up.
   * @example "Lovelace"
   */
  lastName: string | null;

  /**
   * The id of the merchant that the member belongs to.
   * @example "5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11"
   */
  merchantId: string;

  /** The latest login; `null` before the first. */
  lastLoginAt: string | null;
}

export class MemberPage extends PageView {
  /** The members on this page. */
  items: MemberView[];
}

/** The members to list. */
export class ListMembersQuery extends PageQuery {
  /**
   * The merchant whose members are listed, from level 7; by default your own.
   * @example "5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11"
   */
  @IsOptional()
  @IsId()
  merchantId?: string;

  /**
   * Whether to list the members of all merchants, which requires level 7. It cannot be combined with `merchantId`. The default is `false`.
   * @example false
   */
  @IsOptional()
  @QueryFlag()
  @IsBoolean()
  allMerchants?: boolean;

  /**
   * Only members whose username or e-mail address contains this text, in either case.
   * @example "ada@"
   */
  @IsOptional()
  @IsText(254)
  q?: string;
}

/** The data of an invited member who signs up. */
export class SignUpMemberBody extends NewPerson {}

/** Changes to a member. */
export class UpdateMemberBody {
  /**
   * The role, not above your own. A lower role revokes the member's personal keys above its level, for good.
   * @example "readOnly"
   */
  @IsOptional()
  @IsIn(ROLE_NAMES)
  role?: 'readSome' | 'readOnly' | 'writeSome' | 'user' | 'bughunter' | 'support' | 'admin';

  /** Disabling a member refuses the member's tokens at once and revokes the member's personal keys. */
  @IsOptional()
  @IsIn(['active', 'disabled'])
  status?: 'active' | 'disabled';
}
