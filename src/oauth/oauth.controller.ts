import { Body, Controller, Header, Headers, HttpCode, Post } from '@nestjs/common';
import { ApiConsumes } from '@nestjs/swagger';
import { Source, Visitor, type ClientSource } from '../access/caller.js';
import type { Actor } from '../platform/events/actor.js';
import { Public } from '../platform/http/requirement.js';
import { RouteConfig } from '../platform/http/route-config.js';
import { AlwaysSends, Answers, Refuses } from '../platform/http/route-facts.js';
import { scopeNotHeld } from './scopes.js';
import { actorOf, Clients } from './clients.js';
import { IntrospectionAnswer, TheTokenBody, TokenAnswer, TokenBody } from './oauth.dto.js';
import { presentIntrospection, presentSession } from './oauth.presenter.js';
import { Sessions } from './sessions.js';

const FORM = 'application/x-www-form-urlencoded';

/** How a client that does not authenticate is refused. */
const CLIENT_REFUSALS = ['credential.invalid', 'credential.ambiguous', 'request.rate_limited', 'unavailable'] as const;

@Controller('oauth')
export class OAuthController {
  constructor(
    private readonly clients: Clients,
    private readonly sessions: Sessions,
  ) {}

  /**
   * Open a session with a key
   *
   * The client credentials grant (RFC 6749, section 4.4). The client is a key of any surface. It authenticates by HTTP Basic or by `client_id`
   * and `client_secret` in the body, never by both: with its public id and its secret, or with its full key (`ks_…`), or the imported key, as
   * the secret.
   *
   * The access token is signed (RFC 9068). `check` and `verify` accept it, and anyone can validate it with `/.well-known/jwks.json`. Its
   * audience is the id of the key's merchant, and its scopes never exceed the key's. `check`, `verify` and introspection refuse it as soon as
   * its key is deleted, disabled or expired, or has lost one of the token's scopes or the level that it had.
   */
  @Post('token')
  @Answers('The access token.')
  @Refuses(...CLIENT_REFUSALS, 'oauth.unsupported_grant_type', scopeNotHeld())
  @ApiConsumes(FORM)
  @HttpCode(200)
  @Header('Pragma', 'no-cache')
  @AlwaysSends({
    Pragma: { description: 'For caches of HTTP/1.0 (RFC 6749, section 5.1).', schema: { type: 'string' } },
  })
  @RouteConfig({ takesForm: true })
  @Public({ by: 'keyPair', limit: 'failures' })
  async createAccessToken(
    @Headers('authorization') authorization: string | undefined,
    @Source() source: ClientSource,
    @Body() body: TokenBody,
  ): Promise<TokenAnswer> {
    return presentSession(await this.sessions.open(await this.clients.authenticate(authorization, body, source), body));
  }

  /**
   * Introspect a session
   *
   * (RFC 7662) A client of level 1 can introspect the sessions of its own merchant's keys; from level 5 on, every session. For any other
   * session, and for a token that is not valid now, the answer is `{"active": false}`. API keys are verified at `/api/v1/keys/verify`, not
   * here.
   */
  @Post('introspect')
  @Answers('Whether the session is active, and its claims.')
  @Refuses(...CLIENT_REFUSALS)
  @ApiConsumes(FORM)
  @HttpCode(200)
  @RouteConfig({ takesForm: true })
  @Public({ by: 'keyPair', limit: 'failures' })
  async introspectAccessToken(
    @Headers('authorization') authorization: string | undefined,
    @Source() source: ClientSource,
    @Body() body: TheTokenBody,
  ): Promise<IntrospectionAnswer> {
    const client = await this.clients.authenticate(authorization, body, source);
    return presentIntrospection(await this.sessions.introspect(client, body.token));
  }

  /**
   * Revoke a session
   *
   * (RFC 7009) A client revokes one of its own sessions. Once the response is sent, no instance accepts the token. A token that was not
   * valid gets the same answer. At most a thousand unexpired sessions of a key can be revoked.
   *
   * @throws {503} Too many unexpired sessions of the key are revoked, or the server cannot answer at the moment.
   */
  @Post('revoke')
  @Answers('The session has been revoked, or the token was not valid.')
  @Refuses(...CLIENT_REFUSALS, 'oauth.unauthorized_client')
  @ApiConsumes(FORM)
  @HttpCode(200)
  @RouteConfig({ takesForm: true })
  @Public({ by: 'keyPair', limit: 'failures' })
  async revokeAccessToken(
    @Headers('authorization') authorization: string | undefined,
    @Source() source: ClientSource,
    @Visitor() visitor: Actor,
    @Body() body: TheTokenBody,
  ): Promise<void> {
    const client = await this.clients.authenticate(authorization, body, source);
    await this.sessions.revoke(client, body.token, actorOf(client, visitor));
  }
}
