import { Controller, Delete, HttpCode, Param } from '@nestjs/common';
import { Caller } from '../../access/caller.js';
import { LEVELS } from '../../access/levels.js';
import { Requires } from '../../access/requires.js';
import { MEMBER_ID } from '../../accounts/members/members.dto.js';
import { MembersService } from '../../accounts/members/members.service.js';
import { Answers, PathParameter, Refuses } from '../../platform/http/route-facts.js';
import { FactorChanges } from './factor-changes.js';

@Controller('api/v1/members')
@PathParameter('id', ...MEMBER_ID)
export class MemberFactorController {
  constructor(
    private readonly changes: FactorChanges,
    private readonly members: MembersService,
  ) {}

  /**
   * Remove a member's second factors
   *
   * For a member who has lost them. The member's sessions end, and the member is told by mail. You cannot do this to a member above you, nor to
   * yourself.
   */
  @Delete(':id/second-factor')
  @HttpCode(204)
  @Answers('The member has no second factor.')
  @Refuses('member.not_found', 'access.other_owner', 'second_factor.own')
  @Requires(LEVELS.writeOwn)
  deleteMemberSecondFactor(@Caller() caller: Caller, @Param('id') id: string): Promise<void> {
    return this.members.preview(caller, id, {}, (tx, member) => this.changes.reset(tx, caller, member));
  }
}
