import { Body, Controller, Header, Headers, HttpCode, Ip, Post } from '@nestjs/common';
import { ApiConsumes } from '@nestjs/swagger';
import { Visitor } from '../access/caller.js';
import { Public } from '../access/requires.js';
import type { Actor } from '../platform/events/actor.js';
import { actorOf, Clients } from './clients.js';
import { IntrospectionAnswer, TheTokenBody, TokenAnswer, TokenBody } from './oauth.dto.js';
import { presentIntrospection, presentSession } from './oauth.presenter.js';
import { Sessions } from './sessions.js';

const FORM = 'application/x-www-form-urlencoded';

@Controller('oauth')
export class OAuthController {
  constructor(
    private readonly clients: Clients,
    private readonly sessions: Sessions,
  ) {}

  /**
   * Open a session with a key
   *
   * The client credentials grant (RFC 6749, section 4.4). The client is a key of any surface; it authenticates by HTTP Basic or by `client_id`
   * and `client_secret` in the body, never by both: with its public id and its secret, or with its full key (`ks_…`), or the imported key, as
   * the secret.
   *
   * The answer is a signed access token (RFC 9068) that `check` and `verify` accept, and that anybody can check against
   * `/.well-known/jwks.json`; its audience is the id of the key's merchant. Its scopes never go beyond the key's. `check`, `verify` and
   * introspection refuse it from the moment that its key is deleted, disabled, past its end, or has lost one of the token's scopes or the level
   * it had.
   *
   * @throws {400} `invalid_request`, `unsupported_grant_type` or `invalid_scope`.
   * @throws {401} `invalid_client`: there is no good key.
   * @throws {503} The key isn't known here and the database can't be asked; `Retry-After` says how many seconds to wait.
   */
  @Post('token')
  @ApiConsumes(FORM)
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  @Header('Pragma', 'no-cache')
  @Public()
  async openSession(
    @Headers('authorization') authorization: string | undefined,
    @Ip() ip: string,
    @Body() body: TokenBody,
  ): Promise<TokenAnswer> {
    return presentSession(await this.sessions.open(await this.clients.authenticate(authorization, body, ip), body));
  }

  /**
   * Ask about a session
   *
   * Introspection (RFC 7662). A client of level 1 asks about the sessions of its own merchant's keys, from level 5 on about everybody's; to
   * any other question, and of any token that isn't good now, the answer is `{"active": false}`. API keys are verified at
   * `/api/v1/keys/verify`, not here.
   *
   * @throws {400} `invalid_request`.
   * @throws {401} `invalid_client`: there is no good key.
   * @throws {503} The key isn't known here and the database can't be asked; `Retry-After` says how many seconds to wait.
   */
  @Post('introspect')
  @ApiConsumes(FORM)
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  @Public()
  async introspectSession(
    @Headers('authorization') authorization: string | undefined,
    @Ip() ip: string,
    @Body() body: TheTokenBody,
  ): Promise<IntrospectionAnswer> {
    const client = await this.clients.authenticate(authorization, body, ip);
    return presentIntrospection(await this.sessions.introspect(client, body.token));
  }

  /**
   * Revoke a session
   *
   * (RFC 7009) A client ends one of its own sessions: when the answer comes, no instance accepts the token any more. The answer, which has no
   * body, is the same for a token that was no good before. At most a thousand sessions of a key can be revoked at a time.
   *
   * @throws {400} `invalid_request`, or `unauthorized_client` for another client's session.
   * @throws {401} `invalid_client`: there is no good key.
   * @throws {503} Too many sessions of the key are revoked and not yet past their end.
   */
  @Post('revoke')
  @ApiConsumes(FORM)
  @HttpCode(200)
  @Public()
  async revokeSession(
    @Headers('authorization') authorization: string | undefined,
    @Visitor() visitor: Actor,
    @Body() body: TheTokenBody,
  ): Promise<void> {
    const client = await this.clients.authenticate(authorization, body, visitor.address ?? '');
    await this.sessions.revoke(client, body.token, actorOf(client, visitor));
  }
}
