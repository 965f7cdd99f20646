import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { Caller, Origin, Visitor } from '../../access/caller.js';
import { LEVELS } from '../../access/levels.js';
import { Public, Requires } from '../../access/requires.js';
import type { Actor } from '../../platform/events/actor.js';
import { presentPage } from '../../platform/http/paging/page.dto.js';
import { SignupQuery } from '../merchants/merchants.dto.js';
import {
  InvitedMemberView,
  InviteMemberBody,
  ListMembersQuery,
  MemberPage,
  MemberView,
  SignedUpMemberView,
  SignUpMemberBody,
} from './members.dto.js';
import { presentInvitedMember, presentMember, presentSignedUpMember } from './members.presenter.js';
import { MembersService } from './members.service.js';

@Controller('api/v1/members')
export class MembersController {
  constructor(private readonly members: MembersService) {}

  /**
   * Invite a member
   *
   * With a role not above your own. The signup link also goes out by mail.
   *
   * @throws {409} The e-mail address is taken.
   */
  @Post()
  @Requires(LEVELS.writeOwn)
  async inviteMember(
    @Caller() caller: Caller,
    @Origin() origin: string,
    @Body() body: InviteMemberBody,
  ): Promise<InvitedMemberView> {
    return presentInvitedMember(await this.members.invite(caller, origin, body));
  }

  /**
   * Sign up as a member
   *
   * By the link of an invitation, which is good once. The e-mail address is the user name.
   *
   * @throws {410} The link was used already or has expired.
   */
  @Post('signup')
  @Public()
  async signUpMember(
    @Visitor() visitor: Actor,
    @Query() query: SignupQuery,
    @Body() body: SignUpMemberBody,
  ): Promise<SignedUpMemberView> {
    return presentSignedUpMember(await this.members.signUp(visitor, query.token, body));
  }

  /** List members */
  @Get()
  @Requires(LEVELS.readOwn)
  async listMembers(@Caller() caller: Caller, @Query() query: ListMembersQuery): Promise<MemberPage> {
    return presentPage(await this.members.list(caller, query), query, presentMember);
  }

  /**
   * Read a member
   *
   * @throws {404} There is no such member.
   */
  @Get(':id')
  @Requires(LEVELS.readOwn)
  async readMember(@Caller() caller: Caller, @Param('id') id: string): Promise<MemberView> {
    return presentMember(await this.members.find(caller, id));
  }
}
