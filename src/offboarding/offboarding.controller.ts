import { Body, Controller, Delete, HttpCode, Param, Patch, Query, Res } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Caller } from '../access/caller.js';
import { LEVELS } from '../access/levels.js';
import { Requires } from '../access/requires.js';
import { MEMBER_ID, MemberView, UpdateMemberBody } from '../accounts/members/members.dto.js';
import { presentMember } from '../accounts/members/members.presenter.js';
import { Answers, PathParameter, Refuses } from '../platform/http/route-facts.js';
import { OffboardingQuery, OffboardingView } from './offboarding.dto.js';
import { presentOffboarding } from './offboarding.presenter.js';
import { OffboardingService } from './offboarding.service.js';

/** Why neither a change nor a removal is possible. */
const MEMBER_REFUSALS = [
  'member.not_found',
  'access.other_owner',
  'access.stronger_key',
  'member.last_manager',
  'member.last_admin',
] as const;

const REPORT = { $ref: getSchemaPath(OffboardingView) };

/** Changes to members, with what becomes of the keys that they created. */
@Controller('api/v1/members')
@PathParameter('id', ...MEMBER_ID)
@ApiExtraModels(MemberView, OffboardingView)
export class OffboardingController {
  constructor(private readonly offboarding: OffboardingService) {}

  /**
   * Change a member's role or status
   *
   * The merchant's keys that the member created keep working unless `keys` says otherwise. With `dryRun=true` nothing changes, and the
   * answer lists the keys that the member would leave behind.
   */
  @Patch(':id')
  @Answers('The changed member, or with `dryRun=true` the keys that the member would leave behind.')
  @Refuses(...MEMBER_REFUSALS, 'member.invited')
  @Requires(LEVELS.writeOwn)
  @ApiResponse({ status: 200, schema: { anyOf: [{ $ref: getSchemaPath(MemberView) }, REPORT] } })
  async updateMember(
    @Caller() caller: Caller,
    @Param('id') id: string,
    @Body() body: UpdateMemberBody,
    @Query() query: OffboardingQuery,
  ): Promise<MemberView | OffboardingView> {
    return query.dryRun === true
      ? presentOffboarding(await this.offboarding.preview(caller, id, body, query))
      : presentMember(await this.offboarding.update(caller, id, body, query));
  }

  /**
   * Remove a member
   *
   * The member's personal keys are deleted. The merchant's keys that the member created keep working unless `keys` says otherwise. With
   * `dryRun=true` nothing changes, and the answer lists the keys that the member would leave behind.
   */
  @Delete(':id')
  @Refuses(...MEMBER_REFUSALS)
  @HttpCode(204)
  @Requires(LEVELS.writeOwn)
  @ApiResponse({ status: 204, description: 'The member has been removed.' })
  @ApiResponse({
    status: 200,
    description: 'What a dry run finds: the keys that the member would leave behind.',
    schema: REPORT,
  })
  async removeMember(
    @Caller() caller: Caller,
    @Param('id') id: string,
    @Query() query: OffboardingQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OffboardingView | undefined> {
    if (query.dryRun === true) {
      void reply.status(200);
      return presentOffboarding(await this.offboarding.preview(caller, id, null, query));
    }
    await this.offboarding.remove(caller, id, query);
    return undefined;
  }
}
