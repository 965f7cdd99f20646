import {
  applyDecorators,
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Post,
  Query,
  UseGuards,
} from '@nestjs/common';
import { LEVELS } from '../access/levels.js';
import { Requires } from '../access/requires.js';
import { scopesNotHeld } from '../api-keys/permissions/effective-permissions.js';
import { scopesNotGiven } from '../api-keys/permissions/merchant-scopes.js';
import { policyRefusals } from '../api-keys/policy/key-policy.js';
import { OVERLAP_RUNNING } from '../api-keys/previous-credential.js';
import { PageQuery } from '../platform/http/paging/page.dto.js';
import { presentList } from '../platform/http/paging/listed.js';
import { Public } from '../platform/http/requirement.js';
import { AlwaysSends, Answers, PathParameter, Refuses } from '../platform/http/route-facts.js';
import { EXPOSED } from './cross-origin.js';
import { EndUserRateGuard } from './end-user-rate.guard.js';
import { EndUser, type PortalCaller } from './portal-caller.js';
import {
  CreatedPortalKeyView,
  CreatePortalKeyBody,
  OwnPortalSessionView,
  PortalKeyPage,
  PortalTokenView,
  RotatedPortalKeyView,
  RotatePortalKeyBody,
  UseLinkBody,
} from './portal-keys.dto.js';
import { PortalKeysService } from './portal-keys.service.js';
import { PortalSessions } from './portal-sessions.service.js';
import { PortalTokens } from './portal-tokens.js';
import {
  presentCreatedPortalKey,
  presentPortalKey,
  presentPortalSession,
  presentRotatedPortalKey,
} from './portal.presenter.js';

const KEY_ID = ["The key's id.", 'f7fa38ec-0e19-405c-820f-bf65912ab4ec'] as const;

/** Requires the token of a portal session. */
const ForEndUsers = (): MethodDecorator =>
  applyDecorators(
    Refuses('credential.expired'),
    Requires(LEVELS.authenticate, { by: 'portalToken', merchantKeys: true }),
    UseGuards(EndUserRateGuard),
  );

/** What a browser says to the pages of merchants, which have other origins. */
const FOR_ANY_ORIGIN = {
  'Access-Control-Allow-Origin': {
    description: 'Pages of every origin may read the answer.',
    schema: { type: 'string', const: '*' },
  },
  'Access-Control-Expose-Headers': {
    description: 'The headers that they may read.',
    schema: { type: 'string', const: EXPOSED },
  },
};

/** What `<keywright-keys>` calls from the pages of merchants. */
@Controller('api/v1/portal')
@AlwaysSends(FOR_ANY_ORIGIN)
export class PortalKeysController {
  constructor(
    private readonly keys: PortalKeysService,
    private readonly sessions: PortalSessions,
    private readonly tokens: PortalTokens,
  ) {}

  /**
   * Redeem the link of a portal session
   *
   * For the page that the session's URL leads to. A link works once.
   */
  @Post('session')
  @Answers('The token of the session.')
  @Refuses('portal_session.link_invalid')
  @HttpCode(200)
  @Public()
  async redeemPortalLink(@Body() { code }: UseLinkBody): Promise<PortalTokenView> {
    const session = await this.sessions.useLink(code);
    return { token: this.tokens.issue(session), expiresAt: session.expiresAt.toISOString() };
  }

  /** Read your portal session */
  @Get('session')
  @Answers('What the session allows.')
  @ForEndUsers()
  readOwnPortalSession(@EndUser() { session }: PortalCaller): OwnPortalSessionView {
    const { externalId, allow, scopes, limits, expiresAt } = presentPortalSession(session);
    return { externalId, allow, scopes, limits, expiresAt };
  }

  /** List the keys of your portal session */
  @Get('keys')
  @Answers("A page of the end user's keys.")
  @Refuses('portal_session.action_not_allowed')
  @ForEndUsers()
  async listPortalKeys(@EndUser() user: PortalCaller, @Query() page: PageQuery): Promise<PortalKeyPage> {
    return presentList(await this.keys.list(user, page), presentPortalKey) as PortalKeyPage;
  }

  /**
   * Generate a key in a portal session
   *
   * It gets the external id, the scopes and the limits of the session. The full key is shown only in this answer.
   */
  @Post('keys')
  @Answers("The end user's new key, with the full key.")
  @Refuses(
    'portal_session.action_not_allowed',
    'portal_session.key_limit_reached',
    'api_key.limit_reached',
    'application.not_found',
    scopesNotHeld(),
    scopesNotGiven(),
    ...policyRefusals('merchants'),
  )
  @ForEndUsers()
  async createPortalKey(
    @EndUser() user: PortalCaller,
    @Body() body: CreatePortalKeyBody,
  ): Promise<CreatedPortalKeyView> {
    return presentCreatedPortalKey(await this.keys.create(user, body));
  }

  /**
   * Rotate a key in a portal session
   *
   * It keeps its id, its settings and its expiry, and gets a new full key, which is shown only in this answer. A key that may do more than the
   * session allows cannot be rotated.
   */
  @Post('keys/:keyId/rotate')
  @PathParameter('keyId', ...KEY_ID)
  @Answers("The end user's key, with its new full key.")
  @Refuses(
    'portal_session.action_not_allowed',
    'access.level_lacking',
    'api_key.not_found',
    'api_key.not_rotatable',
    OVERLAP_RUNNING,
  )
  @ForEndUsers()
  async rotatePortalKey(
    @EndUser() user: PortalCaller,
    @Param('keyId') id: string,
    @Body() body: RotatePortalKeyBody,
  ): Promise<RotatedPortalKeyView> {
    return presentRotatedPortalKey(await this.keys.rotate(user, id, body));
  }

  /**
   * Revoke a key in a portal session
   *
   * It is refused at once and permanently. A key that may do more than the session allows cannot be revoked.
   */
  @Delete('keys/:keyId')
  @PathParameter('keyId', ...KEY_ID)
  @Answers("The end user's key has been revoked.")
  @Refuses('portal_session.action_not_allowed', 'access.level_lacking', 'api_key.not_found')
  @HttpCode(204)
  @ForEndUsers()
  async revokePortalKey(@EndUser() user: PortalCaller, @Param('keyId') id: string): Promise<void> {
    await this.keys.revoke(user, id);
  }
}
