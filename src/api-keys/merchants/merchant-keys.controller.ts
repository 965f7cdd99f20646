import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query, Res, UseGuards } from '@nestjs/common';
import { ApiBody, ApiResponse } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Caller } from '../../access/caller.js';
import { LEVELS } from '../../access/levels.js';
import { Idempotent } from '../../idempotency/idempotent.js';
import { Requires } from '../../access/requires.js';
import { ApiKey } from '../api-key.entity.js';
import type { Versions } from '../api-keys.service.js';
import { ETAG, IfMatch, withTag } from '../../platform/http/entity-tag.js';
import {
  ApplicationKeyView,
  CREATE_EXAMPLES,
  CreatedApplicationKeyView,
  CreateMerchantKeyBody,
  UPDATE_EXAMPLES,
  UpdateApplicationKeyBody,
} from './application-keys.dto.js';
import {
  presentApplicationKey,
  presentCreatedApplicationKey,
  presentRotatedKey,
} from './application-keys.presenter.js';
import { MerchantQuery } from './list/keys.dto.js';
import { KeyGuard, TheKey } from './key.guard.js';
import { MerchantKeysService } from './merchant-keys.service.js';
import { ROTATE_EXAMPLES, RotatedKeyView, RotateKeyBody } from './rotation.dto.js';

@Controller('api/v1/api-keys')
export class MerchantKeysController {
  constructor(private readonly keys: MerchantKeysService) {}

  /**
   * Generate an API key for your merchant
   *
   * It is for no application. The answer is the only time the full key is shown; beside the six fields of every key it has those that were
   * asked for. With level 8 also for another merchant.
   *
   * @throws {404} There is no such merchant.
   */
  @Post()
  @Idempotent()
  @ApiBody({ type: CreateMerchantKeyBody, examples: CREATE_EXAMPLES })
  @ApiResponse({ status: 201, type: CreatedApplicationKeyView, headers: ETAG })
  @Requires(LEVELS.writeOwn)
  async createMerchantApiKey(
    @Caller() caller: Caller,
    @Query() { merchantId }: MerchantQuery,
    @Body() body: CreateMerchantKeyBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CreatedApplicationKeyView> {
    return presentCreatedApplicationKey(
      withTag(reply, await this.keys.createForMerchant(caller, merchantId, body)),
      body,
    );
  }

  /**
   * Read an API key
   *
   * Of an application, or of the merchant itself. Another merchant's needs level 5.
   */
  @Get(':keyId')
  @ApiResponse({ status: 200, type: ApplicationKeyView, headers: ETAG })
  @Requires(LEVELS.readSome)
  @UseGuards(KeyGuard)
  async readMerchantApiKey(
    @TheKey() key: ApiKey,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ApplicationKeyView> {
    return presentApplicationKey(withTag(reply, await this.keys.describe(key)));
  }

  /**
   * Change an API key
   *
   * What makes it narrower counts on every instance before the answer comes. A key whose level is above yours you can't enable, nor put off
   * its end or loosen its limits. Another merchant's needs level 8.
   *
   * @throws {412} The key isn't the version that `If-Match` names any more.
   */
  @Patch(':keyId')
  @ApiBody({ type: UpdateApplicationKeyBody, examples: UPDATE_EXAMPLES })
  @ApiResponse({ status: 200, type: ApplicationKeyView, headers: ETAG })
  @Requires(LEVELS.writeOwn)
  @UseGuards(KeyGuard)
  async updateMerchantApiKey(
    @Caller() caller: Caller,
    @TheKey() key: ApiKey,
    @Body() body: UpdateApplicationKeyBody,
    @IfMatch() versions: Versions,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ApplicationKeyView> {
    return presentApplicationKey(withTag(reply, await this.keys.update(caller, key, body, versions)));
  }

  /**
   * Rotate an API key
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
  async rotateMerchantApiKey(
    @Caller() caller: Caller,
    @TheKey() key: ApiKey,
    @Body() body: RotateKeyBody,
    @IfMatch() versions: Versions,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RotatedKeyView> {
    return presentRotatedKey(withTag(reply, await this.keys.rotate(caller, key, body, versions)));
  }

  /**
   * Revoke an API key
   *
   * It is refused at once, for good, and so is what it was before a rotation.
   *
   * @throws {412} The key isn't the version that `If-Match` names any more.
   */
  @Delete(':keyId')
  @HttpCode(204)
  @Requires(LEVELS.writeOwn)
  @UseGuards(KeyGuard)
  async deleteMerchantApiKey(
    @Caller() caller: Caller,
    @TheKey() key: ApiKey,
    @IfMatch() versions: Versions,
  ): Promise<void> {
    await this.keys.delete(caller, key, versions);
  }
}
