import { Body, Controller, Delete, HttpCode, Param, Patch, Query, Res } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Caller } from '../access/caller.js';
import { LEVELS } from '../access/levels.js';
import { Requires } from '../access/requires.js';
import { MemberView, UpdateMemberBody } from '../accounts/members/members.dto.js';
import { presentMember } from '../accounts/members/members.presenter.js';
import { OffboardingQuery, OffboardingView } from './offboarding.dto.js';
import { presentOffboarding } from './offboarding.presenter.js';
import { OffboardingService } from './offboarding.service.js';

const REPORT = { $ref: getSchemaPath(OffboardingView) };

/** Changes to members, which can be the end of what they leave behind. */
@Controller('api/v1/members')
@ApiExtraModels(MemberView, OffboardingView)
export class OffboardingController {
  constructor(private readonly offboarding: OffboardingService) {}

  /**
   * Change a member's role or status
   *
   * The merchant's keys that the member made go on working unless `keys` says otherwise. With `dryRun=true` nothing changes, and the answer
   * says what the member would leave behind.
   *
   * @throws {404} There is no such member.
   * @throws {409} The merchant would be left without anybody to manage it, the server without an administrator, or the member hasn't signed up
   * yet.
   */
  @Patch(':id')
  @Requires(LEVELS.writeOwn)
  @ApiResponse({ status: 200, schema: { anyOf: [{ $ref: getSchemaPath(MemberView) }, REPORT] } })
  async updateMember(
    @Caller() caller: Caller,
    @Param('id') id: string,
    @Body() body: UpdateMemberBody,
    @Query() query: OffboardingQuery,
  ): Promise<MemberView | OffboardingView> {
    return query.dryRun === 'true'
      ? presentOffboarding(await this.offboarding.preview(caller, id, body, query))
      : presentMember(await this.offboarding.update(caller, id, body, query));
  }

  /**
   * Remove a member
   *
   * The member's personal keys die; the merchant's keys that the member made go on working unless `keys` says otherwise. With `dryRun=true`
   * nothing changes, and the answer says what the member would leave behind.
   *
   * @throws {404} There is no such member.
   * @throws {409} The merchant would be left without anybody to manage it, or the server without an administrator.
   */
  @Delete(':id')
  @HttpCode(204)
  @Requires(LEVELS.writeOwn)
  @ApiResponse({ status: 200, description: 'What a dry run finds.', schema: REPORT })
  async removeMember(
    @Caller() caller: Caller,
    @Param('id') id: string,
    @Query() query: OffboardingQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OffboardingView | undefined> {
    if (query.dryRun === 'true') {
      void reply.status(200);
      return presentOffboarding(await this.offboarding.preview(caller, id, null, query));
    }
    await this.offboarding.remove(caller, id, query);
    return undefined;
  }
}
