import { Controller, HttpCode, Post, Res, UseGuards } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Caller } from '../../access/caller.js';
import { LEVELS } from '../../access/levels.js';
import { Requires } from '../../access/requires.js';
import { ApplicationGuard } from '../../applications/application.guard.js';
import { Idempotent } from '../../idempotency/idempotent.js';
import { ETAG, IfMatch, withTag } from '../../platform/http/entity-tag.js';
import { Answers, Refuses } from '../../platform/http/route-facts.js';
import { ApiKey } from '../api-key.entity.js';
import type { Versions } from '../api-keys.service.js';
import { ApplicationKeyView } from './application-keys.dto.js';
import { presentApplicationKey } from './application-keys.presenter.js';
import { KeyGuard, TheKey } from './key.guard.js';
import { MerchantKeysService } from './merchant-keys.service.js';

@Controller('api/v1')
export class QuotaResetController {
  constructor(private readonly keys: MerchantKeysService) {}

  /**
   * Reset the quota of an application's API key
   *
   * What the key has used in the current period no longer counts, on any instance, once the response is sent. The period ends when it would
   * have ended. You cannot reset the quota of a key whose level is above yours.
   */
  @Post('applications/:id/api-keys/:keyId/quota/reset')
  @HttpCode(200)
  @Idempotent()
  @Answers('The key.', ETAG)
  @Refuses('api_key.no_quota')
  @Requires(LEVELS.writeOwn)
  @UseGuards(ApplicationGuard, KeyGuard)
  resetApplicationApiKeyQuota(
    @Caller() caller: Caller,
    @TheKey() key: ApiKey,
    @IfMatch() versions: Versions,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ApplicationKeyView> {
    return this.reset(caller, key, versions, reply);
  }

  /**
   * Reset the quota of an API key
   *
   * What the key has used in the current period no longer counts, on any instance, once the response is sent. The period ends when it would
   * have ended. You cannot reset the quota of a key whose level is above yours. A key of another merchant requires level 8.
   */
  @Post('api-keys/:keyId/quota/reset')
  @HttpCode(200)
  @Idempotent()
  @Answers('The key.', ETAG)
  @Refuses('api_key.no_quota')
  @Requires(LEVELS.writeOwn)
  @UseGuards(KeyGuard)
  resetMerchantApiKeyQuota(
    @Caller() caller: Caller,
    @TheKey() key: ApiKey,
    @IfMatch() versions: Versions,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ApplicationKeyView> {
    return this.reset(caller, key, versions, reply);
  }

  private async reset(
    caller: Caller,
    key: ApiKey,
    versions: Versions,
    reply: FastifyReply,
  ): Promise<ApplicationKeyView> {
    return presentApplicationKey(withTag(reply, await this.keys.resetQuota(caller, key, versions)));
  }
}
