import { Body, Controller, Post, Res } from '@nestjs/common';
import { ApiBody } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Caller, type KeyCaller } from '../../../access/caller.js';
import { LEVELS } from '../../../access/levels.js';
import { Requires } from '../../../access/requires.js';
import { Idempotent } from '../../../idempotency/idempotent.js';
import { ETAG, withTag } from '../../../platform/http/entity-tag.js';
import { Answers, Refuses } from '../../../platform/http/route-facts.js';
import { OVERLAP_RUNNING } from '../../previous-credential.js';
import { presentRotatedKey } from '../application-keys.presenter.js';
import { RotatedKeyView, SELF_ROTATE_EXAMPLES, SelfRotateKeyBody } from '../rotation.dto.js';
import { SelfRotation } from './self-rotation.service.js';

@Controller('api/v1/keys')
export class SelfRotationController {
  constructor(private readonly rotation: SelfRotation) {}

  /**
   * Rotate the key that calls
   *
   * For a service that renews its own key, without a login. The credential is the full key itself, which must have `selfRotate: true`. Its id,
   * expiry, level, scopes and settings stay the same, and its team is notified. The previous full key stays valid for the overlap, and can
   * neither rotate the key again nor shorten the overlap. Store the new full key before you use it: no other answer shows it, and if it is
   * lost, a member must rotate the key.
   */
  @Post('rotate')
  @Idempotent()
  @ApiBody({ type: SelfRotateKeyBody, examples: SELF_ROTATE_EXAMPLES })
  @Answers('The key, with its new full key.', ETAG)
  @Refuses('api_key.self_rotation_not_allowed', OVERLAP_RUNNING, 'credential.ambiguous', 'credential.in_query')
  @Requires(LEVELS.authenticate, { by: 'key', merchantKeys: true })
  async rotateOwnKey(
    @Caller() caller: KeyCaller,
    @Body() body: SelfRotateKeyBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RotatedKeyView> {
    return presentRotatedKey(withTag(reply, await this.rotation.rotate(caller, body)), {});
  }
}
