import { Body, Controller, Delete, Get, Header, HttpCode, Post, Req, Res, UseFilters } from '@nestjs/common';
import { ApiBody } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Caller, Visitor } from '../access/caller.js';
import { LEVELS } from '../access/levels.js';
import { Requires } from '../access/requires.js';
import type { Account } from '../accounts/account.entity.js';
import { presentAccount } from '../accounts/own-account/own-account.presenter.js';
import { OwnAccountService } from '../accounts/own-account/own-account.service.js';
import { LoginBody } from '../auth/login.dto.js';
import { LOGIN_REFUSALS, LoginService, type Login } from '../auth/login.service.js';
import { LoginTokenStrategy } from '../auth/login-token.strategy.js';
import { LoginTokens } from '../auth/login-tokens.js';
import { OidcService, SIGN_IN_REFUSALS } from '../auth/oidc/oidc.service.js';
import { SignInCookie } from '../auth/oidc/sign-in-cookie.js';
import { LoginSecondStepBody, SECOND_STEP_EXAMPLES } from '../auth/second-step/second-step.dto.js';
import { SECOND_STEP_REFUSALS, SecondStepService } from '../auth/second-step/second-step.service.js';
import { SessionCookie } from '../auth/session-cookie.js';
import { SessionsService } from '../auth/sessions.service.js';
import type { Actor } from '../platform/events/actor.js';
import type { ErrorCode } from '../platform/events/domain-error.js';
import { Public } from '../platform/http/requirement.js';
import { AlwaysSends, Answers, Refuses } from '../platform/http/route-facts.js';
import { asDomainError } from '../platform/http/surface.filter.js';
import { SameOrigin } from './same-origin.guard.js';
import { CompleteSignInBody, ConsoleSessionView, SignedInView } from './session.dto.js';
import { UnusableSessionFilter } from './unusable-session.filter.js';

const cookieHeader = (description: string) => ({ 'Set-Cookie': { description, schema: { type: 'string' } } });

const SESSION_COOKIE = cookieHeader('Holds the login token, as long as that is valid. No script can read it.');

const LOCATION = { Location: { description: 'The URL at the provider.', schema: { type: 'string' } } };

/** What is said of the token of a session that has ended. */
const OVER: readonly ErrorCode[] = ['credential.invalid', 'credential.expired'];

/** Sessions of the console: the logins that there are, whose login token goes into a cookie. With `CONSOLE=false`, there are none. */
@Controller('console/session')
@Refuses('route.not_found')
export class ConsoleSessionController {
  constructor(
    private readonly callers: LoginTokenStrategy,
    private readonly cookie: SessionCookie,
    private readonly logins: LoginService,
    private readonly oidc: OidcService,
    private readonly ownAccount: OwnAccountService,
    private readonly sessions: SessionsService,
    private readonly signInCookie: SignInCookie,
    private readonly steps: SecondStepService,
    private readonly tokens: LoginTokens,
  ) {}

  /**
   * Find out who is signed in to the console
   *
   * And with which OpenID provider people can sign in. A session that has ended or expired is none.
   */
  @Get()
  @Answers('The account, if there is a session, and the provider.')
  @Refuses('access.account_inactive')
  @Public({ limit: 'none' })
  @SameOrigin()
  async readConsoleSession(@Req() request: FastifyRequest): Promise<SignedInView> {
    const account = await this.findAccount(request);
    return { account: account && presentAccount(account), providerName: this.oidc.providerName };
  }

  /**
   * Log in to the console
   *
   * As `POST /api/v1/auth/login`, but the login token goes into a cookie. An account with a second factor is refused with 401
   * `login.second_factor_required` and a challenge, with which you go on at `POST /console/session/second-factor`.
   */
  @Post()
  @Answers('The session is open.', SESSION_COOKIE)
  @Refuses(...LOGIN_REFUSALS)
  @HttpCode(200)
  @Public({ limit: 'failures' })
  @SameOrigin()
  async openConsoleSession(
    @Visitor() visitor: Actor,
    @Body() { username, password }: LoginBody,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ConsoleSessionView> {
    return this.open(request, reply, await this.logins.login(visitor, username, password));
  }

  /**
   * Complete a login to the console
   *
   * With the challenge from the login, and a code, a recovery code or a passkey. A challenge is valid for five minutes and five answers.
   */
  @Post('second-factor')
  @ApiBody({ type: LoginSecondStepBody, examples: SECOND_STEP_EXAMPLES })
  @Answers('The session is open.', SESSION_COOKIE)
  @Refuses(...SECOND_STEP_REFUSALS)
  @HttpCode(200)
  @Public({ limit: 'failures' })
  @SameOrigin()
  async openConsoleSessionWithFactor(
    @Visitor() visitor: Actor,
    @Body() body: LoginSecondStepBody,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ConsoleSessionView> {
    return this.open(request, reply, await this.steps.complete(visitor, body));
  }

  /**
   * Sign in to the console with the OpenID provider
   *
   * A browser begins here, and is redirected to the provider. It comes back to the console at `/console/oidc`, with the query for
   * `POST /console/session/oidc`.
   */
  @Get('oidc')
  @Answers('The browser continues at the provider.', {
    ...LOCATION,
    ...cookieHeader('Binds the sign-in to the browser for ten minutes.'),
  })
  @Refuses('route.not_found', 'unavailable')
  @HttpCode(302)
  @Header('Cache-Control', 'no-store')
  @Public()
  async beginConsoleSignIn(@Res({ passthrough: true }) reply: FastifyReply): Promise<void> {
    const { url, cookie } = await this.oidc.begin(true);
    void reply.header('Set-Cookie', cookie).header('Location', url);
  }

  /**
   * Complete a sign-in to the console
   *
   * An account with a second factor is refused as by a login.
   */
  @Post('oidc')
  @Answers('The session is open.')
  @AlwaysSends(cookieHeader('Ends the sign-in, and holds the login token of the session.'))
  @Refuses(...SIGN_IN_REFUSALS)
  @HttpCode(200)
  @Public()
  @SameOrigin()
  async openConsoleSessionByProvider(
    @Visitor() visitor: Actor,
    @Body() { query }: CompleteSignInBody,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ConsoleSessionView> {
    // Whatever becomes of it, this sign-in ends here.
    void reply.header('Set-Cookie', this.signInCookie.clear());
    const login = await this.oidc.complete(visitor, request.headers.cookie, new URLSearchParams(query));
    return this.open(request, reply, login);
  }

  /**
   * Log out of the console
   *
   * Ends the session, which is refused at once on every instance, and removes the cookie. The cookie of a session that has ended is removed, too.
   */
  @Delete()
  @Answers('You are logged out.')
  @AlwaysSends(cookieHeader('Removes the cookie.'))
  @HttpCode(204)
  @Requires(LEVELS.authenticate, { withoutConsent: true, withoutSecondFactor: true })
  @UseFilters(UnusableSessionFilter)
  async closeConsoleSession(
    @Caller() caller: Caller,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    await this.sessions.logOut(caller);
    void reply.header('Set-Cookie', this.cookie.clear(request));
  }

  /** Puts a login into the cookie, in place of the session that the browser may have had. */
  private async open(request: FastifyRequest, reply: FastifyReply, { token }: Login): Promise<ConsoleSessionView> {
    await this.endFormer(request);
    void reply.header('Set-Cookie', this.cookie.issue(request, token));
    return { expiresIn: this.tokens.ttlSeconds };
  }

  /**
   * Whose session the cookie of a request is.
   *
   * @throws {DomainError} `access.account_inactive`
   */
  private async findAccount(request: FastifyRequest): Promise<Account | null> {
    try {
      const caller = await this.callers.findCaller(request);
      return caller && (await this.ownAccount.read(caller));
    } catch (error) {
      if (OVER.includes(asDomainError(error).code)) return null;
      throw error;
    }
  }

  /** Ends the session of the cookie that a request carries, if it is valid. */
  private async endFormer(request: FastifyRequest): Promise<void> {
    if (request.headers.authorization !== undefined) return;
    const former = await this.callers.findCaller(request).catch(() => null);
    if (former) await this.sessions.logOut(former);
  }
}
