import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query, Res, UseGuards } from '@nestjs/common';
import { ApiBody, ApiResponse } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Caller } from '../../access/caller.js';
import { LEVELS } from '../../access/levels.js';
import { Requires } from '../../access/requires.js';
import { ApiKey } from '../api-key.entity.js';
import type { Versions } from '../api-keys.service.js';
import { ETAG, IfMatch, withTag } from '../../platform/http/entity-tag.js';
import { Idempotent } from '../../idempotency/idempotent.js';
import { Application } from '../../applications/application.entity.js';
import { ApplicationGuard, TheApplication } from '../../applications/application.guard.js';
import {
  ApplicationKeyPage,
  ApplicationKeyView,
  CREATE_EXAMPLES,
  CreateApplicationKeyBody,
  CreatedApplicationKeyView,
  UPDATE_EXAMPLES,
  UpdateApplicationKeyBody,
} from './application-keys.dto.js';
import {
  presentApplicationKey,
  presentCreatedApplicationKey,
  presentRotatedKey,
} from './application-keys.presenter.js';
import { KeyGuard, TheKey } from './key.guard.js';
import { MerchantKeysService } from './merchant-keys.service.js';
import { ROTATE_EXAMPLES, RotatedKeyView, RotateKeyBody } from './rotation.dto.js';
import { ApplicationKeyPart, ListApplicationKeysQuery } from './list/keys.dto.js';
import { AnswersOneOf } from '../../platform/validation/lists.js';
import { presentList } from '../../platform/http/paging/listed.js';
import { KeysService } from './list/keys.service.js';

@Controller('api/v1/applications/:id/api-keys')
@UseGuards(ApplicationGuard)
export class ApplicationKeysController {
  constructor(
    private readonly found: KeysService,
    private readonly keys: MerchantKeysService,
  ) {}

  /**
   * Generate an API key for an application
   *
   * The answer is the only time the full key is shown; beside the six fields of every key it has those that were asked for.
   */
  @Post()
  @Idempotent()
  @ApiBody({ type: CreateApplicationKeyBody, examples: CREATE_EXAMPLES })
  @ApiResponse({ status: 201, type: CreatedApplicationKeyView, headers: ETAG })
  @Requires(LEVELS.writeOwn)
  async createApplicationApiKey(
    @Caller() caller: Caller,
    @TheApplication() application: Application,
    @Body() body: CreateApplicationKeyBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CreatedApplicationKeyView> {
    return presentCreatedApplicationKey(
      withTag(reply, await this.keys.createForApplication(caller, application, body)),
      body,
    );
  }

  /**
   * List an application's API keys
   *
   * In pages, or with `cursor` in parts, which stay fast however many keys there are.
   */
  @Get()
  @Requires(LEVELS.readSome)
  @AnswersOneOf(ApplicationKeyPage, ApplicationKeyPart)
  async listApplicationApiKeys(
    @TheApplication() application: Application,
    @Query() query: ListApplicationKeysQuery,
  ): Promise<ApplicationKeyPage | ApplicationKeyPart> {
    return presentList(await this.found.listOfApplication(application, query), presentApplicationKey);
  }

  /** Read an application's API key */
  @Get(':keyId')
  @ApiResponse({ status: 200, type: ApplicationKeyView, headers: ETAG })
  @Requires(LEVELS.readSome)
  @UseGuards(KeyGuard)
  async readApplicationApiKey(
    @TheKey() key: ApiKey,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ApplicationKeyView> {
    return presentApplicationKey(withTag(reply, await this.keys.describe(key)));
  }

  /**
   * Change an application's API key
   *
   * What makes it narrower counts on every instance before the answer comes. A key whose level is above yours you can't enable, nor put off
   * its end or loosen its limits.
   *
   * @throws {412} The key isn't the version that `If-Match` names any more.
   */
  @Patch(':keyId')
  @ApiBody({ type: UpdateApplicationKeyBody, examples: UPDATE_EXAMPLES })
  @ApiResponse({ status: 200, type: ApplicationKeyView, headers: ETAG })
  @Requires(LEVELS.writeOwn)
  @UseGuards(KeyGuard)
  async updateApplicationApiKey(
    @Caller() caller: Caller,
    @TheKey() key: ApiKey,
    @Body() body: UpdateApplicationKeyBody,
    @IfMatch() versions: Versions,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ApplicationKeyView> {
    return presentApplicationKey(withTag(reply, await this.keys.update(caller, key, body, versions)));
  }

  /**
   * Rotate an application's API key
   *
   * It keeps its id, its history and its settings, and gets a new full key, which only this answer shows. What it was until now ends as the
   * body says; what it was before that ends at once. You can't rotate a key whose level is above yours. A disabled key stays disabled.
   *
   * @throws {409} The key has expired.
   * @throws {412} The key isn't the version that `If-Match` names any more.
   */
  @Post(':keyId/rotate')
  @Idempotent()
  @ApiBody({ type: RotateKeyBody, examples: ROTATE_EXAMPLES })
  @ApiResponse({ status: 201, type: RotatedKeyView, headers: ETAG })
  @Requires(LEVELS.writeOwn)
  @UseGuards(KeyGuard)
  async rotateApplicationApiKey(
    @Caller() caller: Caller,
    @TheKey() key: ApiKey,
    @Body() body: RotateKeyBody,
    @IfMatch() versions: Versions,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RotatedKeyView> {
    return presentRotatedKey(withTag(reply, await this.keys.rotate(caller, key, body, versions)));
  }

  /**
   * Revoke an application's API key
   *
   * It is refused at once, for good; the application's other keys go on working.
   *
   * @throws {412} The key isn't the version that `If-Match` names any more.
   */
  @Delete(':keyId')
  @HttpCode(204)
  @Requires(LEVELS.writeOwn)
  @UseGuards(KeyGuard)
  async deleteApplicationApiKey(
    @Caller() caller: Caller,
    @TheKey() key: ApiKey,
    @IfMatch() versions: Versions,
  ): Promise<void> {
    await this.keys.delete(caller, key, versions);
  }
}
