import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { Caller, Origin, Visitor } from '../../access/caller.js';
import { LEVELS } from '../../access/levels.js';
import { Requires } from '../../access/requires.js';
import type { Actor } from '../../platform/events/actor.js';
import { presentPage } from '../../platform/http/paging/page.dto.js';
import { ErrorMessages } from '../../platform/http/surfaces/answers.js';
import { Public } from '../../platform/http/requirement.js';
import { SignupQuery } from '../merchants/merchants.dto.js';
import { Answers, PathParameter, Refuses } from '../../platform/http/route-facts.js';
import {
  InvitedMemberView,
  InviteMemberBody,
  MEMBER_ID,
  ListMembersQuery,
  MemberPage,
  MemberView,
  SignedUpMemberView,
  SignUpMemberBody,
} from './members.dto.js';
import { presentInvitedMember, presentMember, presentSignedUpMember } from './members.presenter.js';
import { MembersService } from './members.service.js';

const INVITED =
  'This e-mail address belongs to a member or an invitation of your merchant. Remove the invited member to invite again';

@Controller('api/v1/members')
@PathParameter('id', ...MEMBER_ID)
export class MembersController {
  constructor(private readonly members: MembersService) {}

  /**
   * Invite a member
   *
   * The role must not be above your own. The signup link is also sent by mail.
   */
  @Post()
  @Answers('The invited member, with the signup link.')
  @Refuses('email.taken', 'member.limit_reached')
  @ErrorMessages({ 'email.taken': { message: INVITED } })
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
   * With the link of an invitation, which works once. The e-mail address becomes the username.
   */
  @Post('signup')
  @Answers('The new member.')
  @Refuses('link.gone', 'email.taken', 'unavailable')
  @Public()
  async signUpMember(
    @Visitor() visitor: Actor,
    @Query() query: SignupQuery,
    @Body() body: SignUpMemberBody,
  ): Promise<SignedUpMemberView> {
    return presentSignedUpMember(await this.members.signUp(visitor, query.token, body));
  }

  /**
   * List members
   *
   * Those of your own merchant, of another one or of all merchants; the latter two require level 7.
   */
  @Get()
  @Answers('A page of members.')
  @Refuses('access.other_owner')
  @Requires(LEVELS.readOwn)
  async listMembers(@Caller() caller: Caller, @Query() query: ListMembersQuery): Promise<MemberPage> {
    return presentPage(await this.members.list(caller, query), query, presentMember);
  }

  /**
   * Read a member
   *
   * A member of another merchant requires level 7.
   */
  @Get(':id')
  @Answers('The member.')
  @Refuses('member.not_found', 'access.other_owner')
  @Requires(LEVELS.readOwn)
  async readMember(@Caller() caller: Caller, @Param('id') id: string): Promise<MemberView> {
    return presentMember(await this.members.find(caller, id));
  }
}
