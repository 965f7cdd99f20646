import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query, Res, UseGuards } from '@nestjs/common';
import { ApiBody } from '@nestjs/swagger';
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
import { Answers, Refuses } from '../../platform/http/route-facts.js';
import { OVERLAP_RUNNING } from '../previous-credential.js';
import { policyRefusals } from '../policy/key-policy.js';
import { levelTooHigh, scopesNotHeld } from '../permissions/effective-permissions.js';
import { scopesNotGiven } from '../permissions/merchant-scopes.js';
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
   * The full key is shown only in this answer, which has the settings that the request names beside the fields that every new key has.
   */
  @Post()
  @Idempotent()
  @ApiBody({ type: CreateApplicationKeyBody, examples: CREATE_EXAMPLES })
  @Answers('The new key, with the full key.', ETAG)
  @Refuses(levelTooHigh(), scopesNotHeld(), scopesNotGiven(), ...policyRefusals('merchants'), 'api_key.limit_reached')
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
   * In pages, or with `cursor` in parts, which are equally fast for any number of keys.
   */
  @Get()
  @Requires(LEVELS.readSome)
  @AnswersOneOf("A page of the application's keys, or with `cursor` a part.", ApplicationKeyPage, ApplicationKeyPart)
  async listApplicationApiKeys(
    @TheApplication() application: Application,
    @Query() query: ListApplicationKeysQuery,
  ): Promise<ApplicationKeyPage | ApplicationKeyPart> {
    return presentList(await this.found.listOfApplication(application, query), presentApplicationKey);
  }

  /** Read an application's API key */
  @Get(':keyId')
  @Answers('The key.', ETAG)
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
   * Restrictions take effect on every instance before the response is sent. You cannot change a key whose level is above yours.
   */
  @Patch(':keyId')
  @ApiBody({ type: UpdateApplicationKeyBody, examples: UPDATE_EXAMPLES })
  @Answers('The changed key.', ETAG)
  @Refuses(levelTooHigh(), scopesNotHeld(), scopesNotGiven(), ...policyRefusals('merchants'))
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
  async rotateApplicationApiKey(
    @Caller() caller: Caller,
    @TheKey() key: ApiKey,
    @Body() body: RotateKeyBody,
    @IfMatch() versions: Versions,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RotatedKeyView> {
    return presentRotatedKey(withTag(reply, await this.keys.rotate(caller, key, body, versions)), body);
  }

  /**
   * Revoke an application's API key
   *
   * It is refused at once and permanently. The application's other keys keep working.
   */
  @Delete(':keyId')
  @Answers('The key has been revoked.')
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
