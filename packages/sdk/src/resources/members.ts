// Generated from openapi.json by generator/generate.js. Do not edit.

import type { Answer } from '../transport/answer.js';
import type { List } from '../transport/list.js';
import type { RequestOptions } from '../transport/options.js';
import { Resource } from '../transport/resource.js';
import * as operations from './operations.js';
import type {
  ExportLineView,
  InviteMemberBody,
  InvitedMemberView,
  KeysOfMember,
  MemberPage,
  MemberView,
  OffboardingView,
  SignUpMemberBody,
  SignedUpMemberView,
  UpdateMemberBody,
} from '../document/schemas.js';

/** Options of `members.list`. */
export interface ListMembersOptions extends RequestOptions {
  /**
   * The page, from 1.
   *
   * @default 1
   */
  page?: number;
  /**
   * Items per page.
   *
   * @default 20
   */
  limit?: number;
  /**
   * The merchant whose members are listed, from level 7; by default your own. Such as `5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11`.
   */
  merchantId?: string;
  /**
   * Whether to list the members of all merchants, which requires level 7. It cannot be combined with `merchantId`. The default is `false`. Such as `false`.
   */
  allMerchants?: boolean;
  /** Only members whose username or e-mail address contains this text, in either case. Such as `ada@`. */
  q?: string;
}

/** Options of `members.signUp`. */
export interface SignUpMemberOptions extends RequestOptions {
  /** The token at the end of the signup link. */
  token: string;
}

/** Options of `members.remove`. */
export interface RemoveMemberOptions extends RequestOptions {
  /** `true` changes nothing and returns the keys that the member would leave behind. */
  dryRun?: boolean;
  /**
   * `suspend` disables the keys that the member created, on every instance, before the response is sent; by default they remain valid. None of them may be above your level.
   */
  keys?: KeysOfMember;
  /**
   * An active member of the same merchant, who becomes responsible for the keys that the member created or was responsible for. Without it,
   * responsibilities stay as they are. Such as `0b0a5c0e-7c3e-4f63-9d1b-9f0a4f6a2f10`.
   */
  responsibleId?: string;
}

/** Options of `members.update`. */
export interface UpdateMemberOptions extends RequestOptions {
  /** `true` changes nothing and returns the keys that the member would leave behind. */
  dryRun?: boolean;
  /**
   * `suspend` disables the keys that the member created, on every instance, before the response is sent; by default they remain valid. None of them may be above your level.
   */
  keys?: KeysOfMember;
  /**
   * An active member of the same merchant, who becomes responsible for the keys that the member created or was responsible for. Without it,
   * responsibilities stay as they are. Such as `0b0a5c0e-7c3e-4f63-9d1b-9f0a4f6a2f10`.
   */
  responsibleId?: string;
}

/** A merchant's people, and the keys that they leave behind. */
export class Members extends Resource {
  /**
   * List members.
   *
   * Those of your own merchant, of another one or of all merchants; the latter two require level 7.
   *
   * Requires level 2 or above.
   *
   * @returns A page of members.
   * @throws {KeywrightError} 403: `access.other_owner`
   */
  list(options?: ListMembersOptions): List<MemberView, MemberPage> {
    return this.listOperation(operations.listMembers, [], undefined, options);
  }

  /**
   * Invite a member.
   *
   * The role must not be above your own. The signup link is also sent by mail.
   *
   * Requires level 4 or above.
   *
   * @returns The invited member, with the signup link.
   * @throws {KeywrightError} 400: `request.body_missing`
   * @throws {KeywrightError} 409: `email.taken`, `member.limit_reached`
   */
  invite(body: InviteMemberBody, options?: RequestOptions): Answer<InvitedMemberView> {
    return this.callOperation(operations.inviteMember, [], body, options);
  }

  /**
   * Sign up as a member.
   *
   * With the link of an invitation, which works once. The e-mail address becomes the username.
   *
   * @returns The new member.
   * @throws {KeywrightError} 400: `request.body_missing`
   * @throws {KeywrightError} 409: `email.taken`
   * @throws {KeywrightError} 410: `link.gone`
   * @throws {KeywrightError} 429: `request.rate_limited`
   */
  signUp(body: SignUpMemberBody, options: SignUpMemberOptions): Answer<SignedUpMemberView> {
    return this.callOperation(operations.signUpMember, [], body, options);
  }

  /**
   * Read a member.
   *
   * A member of another merchant requires level 7.
   *
   * Requires level 2 or above.
   *
   * @param id The member's id.
   * @returns The member.
   * @throws {KeywrightError} 403: `access.other_owner`
   * @throws {KeywrightError} 404: `member.not_found`
   */
  read(id: string, options?: RequestOptions): Answer<MemberView> {
    return this.callOperation(operations.readMember, [id], undefined, options);
  }

  /**
   * Remove a member.
   *
   * The member's personal keys are deleted. The merchant's keys that the member created keep working unless `keys` says otherwise. With
   * `dryRun=true` nothing changes, and the answer lists the keys that the member would leave behind.
   *
   * Requires level 4 or above.
   *
   * @param id The member's id.
   * @returns What a dry run finds: the keys that the member would leave behind.
   * @throws {KeywrightError} 403: `access.other_owner`, `access.stronger_key`
   * @throws {KeywrightError} 404: `member.not_found`
   * @throws {KeywrightError} 409: `member.last_manager`, `member.last_admin`
   */
  remove(id: string, options?: RemoveMemberOptions): Answer<OffboardingView | undefined> {
    return this.callOperation(operations.removeMember, [id], undefined, options);
  }

  /**
   * Change a member's role or status.
   *
   * The merchant's keys that the member created keep working unless `keys` says otherwise. With `dryRun=true` nothing changes, and the
   * answer lists the keys that the member would leave behind.
   *
   * Requires level 4 or above.
   *
   * @param id The member's id.
   * @returns The changed member, or with `dryRun=true` the keys that the member would leave behind.
   * @throws {KeywrightError} 400: `request.body_missing`
   * @throws {KeywrightError} 403: `access.other_owner`, `access.stronger_key`
   * @throws {KeywrightError} 404: `member.not_found`
   * @throws {KeywrightError} 409: `member.last_manager`, `member.last_admin`, `member.invited`
   */
  update(id: string, body?: UpdateMemberBody, options?: UpdateMemberOptions): Answer<MemberView | OffboardingView> {
    return this.callOperation(operations.updateMember, [id], body, options);
  }

  /**
   * Remove a member's second factors.
   *
   * For a member who has lost them. The member's sessions end, and the member is told by mail. You cannot do this to a member above you, nor to
   * yourself.
   *
   * Requires level 4 or above.
   *
   * @param id The member's id.
   * @throws {KeywrightError} 403: `access.other_owner`
   * @throws {KeywrightError} 404: `member.not_found`
   * @throws {KeywrightError} 409: `second_factor.own`
   */
  deleteSecondFactor(id: string, options?: RequestOptions): Answer<void> {
    return this.callOperation(operations.deleteMemberSecondFactor, [id], undefined, options);
  }

  /**
   * Export what is stored about you.
   *
   * Your account, sessions, passkeys, sign-ins with a provider, personal keys, and every audit event by you or about you; no secrets. Of what others
   * did to your account, it shows neither their names nor their addresses.
   *
   * Requires a login.
   *
   * @returns A line of JSON for each thing.
   */
  exportOwnAccount(options?: RequestOptions): AsyncIterable<ExportLineView> {
    return this.readLines(operations.exportOwnAccount, [], undefined, options);
  }
}
