import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query, Res, UseGuards } from '@nestjs/common';
import { ApiBody } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Caller } from '../../access/caller.js';
import { LEVELS } from '../../access/levels.js';
import { Idempotent } from '../../idempotency/idempotent.js';
import { Requires } from '../../access/requires.js';
import { ApiKey } from '../api-key.entity.js';
import type { Versions } from '../api-keys.service.js';
import { ETAG, IfMatch, withTag } from '../../platform/http/entity-tag.js';
import { Answers, Refuses } from '../../platform/http/route-facts.js';
import { OVERLAP_RUNNING } from '../previous-credential.js';
import { policyRefusals } from '../policy/key-policy.js';
import { levelTooHigh, scopesNotHeld } from '../permissions/effective-permissions.js';
import { scopesNotGiven } from '../permissions/merchant-scopes.js';
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
   * The key is for no application. The full key is shown only in this answer, which has the settings that the request names beside the fields
   * that every new key has. Level 8 can name another merchant.
   */
  @Post()
  @Idempotent()
  @ApiBody({ type: CreateMerchantKeyBody, examples: CREATE_EXAMPLES })
  @Answers('The new key, with the full key.', ETAG)
  @Refuses(
    levelTooHigh(),
    scopesNotHeld(),
    scopesNotGiven(),
    ...policyRefusals('merchants'),
    'access.other_owner',
    'merchant.not_found',
    'api_key.limit_reached',
  )
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
   * A key of an application, or of the merchant itself. A key of another merchant requires level 5.
   */
  @Get(':keyId')
  @Answers('The key.', ETAG)
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
   * Restrictions take effect on every instance before the response is sent. You cannot change a key whose level is above yours. A key of another merchant requires level 8.
   */
  @Patch(':keyId')
  @ApiBody({ type: UpdateApplicationKeyBody, examples: UPDATE_EXAMPLES })
  @Answers('The changed key.', ETAG)
  @Refuses(levelTooHigh(), scopesNotHeld(), scopesNotGiven(), ...policyRefusals('merchants'))
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
   * It keeps its id, its history and its settings, and gets a new full key, which is shown only in this answer. The body says when the
   * replaced full key expires, and can set a new expiry of the key, which an expired key needs. While the overlap of an earlier rotation
   * runs, the key can be rotated only with `endPrevious: true`. You cannot rotate a key whose level is above yours. A disabled key stays
   * disabled.
   */
  @Post(':keyId/rotate')
  @Idempotent()
  @ApiBody({ type: RotateKeyBody, examples: ROTATE_EXAMPLES })
  @Answers('The key, with its new full key.', ETAG)
  @Refuses('api_key.not_rotatable', OVERLAP_RUNNING, ...policyRefusals('merchants'))
  @Requires(LEVELS.writeOwn)
  @UseGuards(KeyGuard)
  async rotateMerchantApiKey(
    @Caller() caller: Caller,
    @TheKey() key: ApiKey,
    @Body() body: RotateKeyBody,
    @IfMatch() versions: Versions,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RotatedKeyView> {
    return presentRotatedKey(withTag(reply, await this.keys.rotate(caller, key, body, versions)), body);
  }

  /**
   * Revoke an API key
   *
   * It is refused at once and permanently, and so is the full key that a rotation has replaced.
   */
  @Delete(':keyId')
  @Answers('The key has been revoked.')
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
