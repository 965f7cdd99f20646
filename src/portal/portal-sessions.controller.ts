import { applyDecorators, Body, Controller, Delete, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBody } from '@nestjs/swagger';
import { Caller, Origin } from '../access/caller.js';
import { LEVELS } from '../access/levels.js';
import { Requires } from '../access/requires.js';
import { scopesNotHeld } from '../api-keys/permissions/effective-permissions.js';
import { scopesNotGiven } from '../api-keys/permissions/merchant-scopes.js';
import { ErrorMessages } from '../platform/http/surfaces/answers.js';
import { Answers, PathParameter, Refuses } from '../platform/http/route-facts.js';
import {
  OPEN_EXAMPLES,
  OpenedPortalSessionView,
  OpenPortalSessionBody,
  PORTAL_SESSION_ID,
} from './portal-sessions.dto.js';
import { presentPortalSession } from './portal.presenter.js';
import { PortalSessions } from './portal-sessions.service.js';
import { PortalTokens } from './portal-tokens.js';

/** Requires a login of level 4 or a key of that level whose scopes name `portal`. */
const ForMerchants = (): MethodDecorator =>
  applyDecorators(
    ErrorMessages({ 'access.scope_lacking': { message: 'The scopes of your key must name `portal`' } }),
    Refuses('access.scope_lacking', 'credential.ambiguous', 'credential.in_query'),
    Requires(LEVELS.writeOwn, { by: 'tokenOrKey', merchantKeys: true }),
  );

@Controller('api/v1/portal-sessions')
export class PortalSessionsController {
  constructor(
    private readonly sessions: PortalSessions,
    private readonly tokens: PortalTokens,
  ) {}

  /**
   * Open a portal session
   *
   * For a customer of yours who is to manage the own keys, in your page by `<keywright-keys>` and the token, or in this server's page by the URL. A
   * key that opens sessions must name the scope `portal`. The session ends with the login or the key that has opened it.
   */
  @Post()
  @ApiBody({ type: OpenPortalSessionBody, examples: OPEN_EXAMPLES })
  @Answers('The session, with its credentials.')
  @Refuses(scopesNotHeld(), scopesNotGiven(), 'application.not_found', 'access.other_owner')
  @ForMerchants()
  async openPortalSession(
    @Caller() caller: Caller,
    @Origin() origin: string,
    @Body() body: OpenPortalSessionBody,
  ): Promise<OpenedPortalSessionView> {
    const { session, code } = await this.sessions.open(caller, body);
    return {
      ...presentPortalSession(session),
      token: this.tokens.issue(session),
      url: `${origin}/portal#${code}`,
    };
  }

  /**
   * End a portal session
   *
   * Its token and its link are refused at once. Keys that were created in it go on working.
   */
  @Delete(':id')
  @PathParameter('id', ...PORTAL_SESSION_ID)
  @Answers('The portal session has ended.')
  @Refuses('portal_session.not_found')
  @HttpCode(204)
  @ForMerchants()
  async endPortalSession(@Caller() caller: Caller, @Param('id') id: string): Promise<void> {
    await this.sessions.end(caller, id);
  }
}
