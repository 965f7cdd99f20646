import { Controller, Get, Header, Headers, HttpCode, Req, Res } from '@nestjs/common';
import { ApiFoundResponse, ApiOkResponse, ApiQuery } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Visitor } from '../../access/caller.js';
import { Config } from '../../platform/config/config.js';
import type { Actor } from '../../platform/events/actor.js';
import { TakesUnknownNames } from '../../platform/http/input/unknown-names.interceptor.js';
import { Public } from '../../platform/http/requirement.js';
import { AlwaysSends, Answers, Refuses } from '../../platform/http/route-facts.js';
import { MerchantLoginView } from '../login.dto.js';
import { presentMerchantLogin } from '../login.presenter.js';
import { LoginTokens } from '../login-tokens.js';
import { OidcProviderView } from './oidc.dto.js';
import { OidcProvider } from './oidc-provider.js';
import { OidcService, SIGN_IN_REFUSALS, type Departure } from './oidc.service.js';
import { SignInCookie } from './sign-in-cookie.js';

const LOCATION = { Location: { description: 'The URL at the provider.', schema: { type: 'string' } } };

/** The page of the console that completes a sign-in, with the query of the callback. */
const CONSOLE_OIDC_PATH = '/console/oidc';

const COOKIE = {
  'Set-Cookie': { description: 'Binds the sign-in to the browser, or ends it.', schema: { type: 'string' } },
};

const parameter = (name: string, description: string): MethodDecorator =>
  ApiQuery({ name, required: false, description, schema: { type: 'string' } });

@Controller('api/v1/auth/oidc')
export class OidcController {
  constructor(
    private readonly config: Config,
    private readonly cookie: SignInCookie,
    private readonly oidc: OidcService,
    private readonly provider: OidcProvider,
    private readonly tokens: LoginTokens,
  ) {}

  /**
   * Read the OpenID provider that people can sign in with
   *
   * Answers with 404 if the server is configured with none.
   */
  @Get()
  @Answers('The provider.')
  @Refuses('route.not_found')
  @Public({ limit: 'none' })
  readOidcProvider(): OidcProviderView {
    return { name: this.provider.settings.name, loginPath: '/api/v1/auth/oidc/login' };
  }

  /**
   * Sign in with the OpenID provider
   *
   * A browser begins here, and is redirected to the provider. A cookie, valid for ten minutes, binds the sign-in to the browser.
   */
  @Get('login')
  @Answers('The browser continues at the provider.', { ...LOCATION, ...COOKIE })
  @Refuses('route.not_found', 'unavailable')
  @HttpCode(302)
  @Header('Cache-Control', 'no-store')
  @Public()
  async signInWithOidc(@Res({ passthrough: true }) reply: FastifyReply): Promise<void> {
    depart(reply, await this.oidc.begin());
  }

  /**
   * Complete a sign-in with the OpenID provider
   *
   * The provider redirects the browser here. Further parameters, which some providers send, are ignored. A sign-in that the console has begun
   * continues there.
   */
  @Get('callback')
  @Answers('The login token, valid on every surface.')
  @ApiOkResponse({ description: '', type: MerchantLoginView })
  @ApiFoundResponse({ description: 'The console completes the sign-in.', headers: LOCATION })
  @AlwaysSends(COOKIE)
  @Refuses(...SIGN_IN_REFUSALS)
  @parameter('code', 'The authorization code, such as `SplxlOBeZQQYbYS6WxSbIA`.')
  @parameter('state', 'The state of the sign-in, such as `af0ifjsldkj`.')
  @parameter('iss', 'The issuer (RFC 9207), such as `https://sso.example`.')
  @parameter('error', 'Why the provider has not signed the person in, such as `access_denied`.')
  @Header('Cache-Control', 'no-store')
  @TakesUnknownNames()
  @Public()
  async openOidcSession(
    @Visitor() visitor: Actor,
    @Headers('cookie') cookies: string | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<MerchantLoginView | undefined> {
    if (await this.oidc.isForConsole(cookies)) {
      const query = readQuery(request).toString();
      void reply.status(302).header('Location', `${this.config.basePath}${CONSOLE_OIDC_PATH}?${query}`);
      return undefined;
    }
    // Whatever becomes of it, this sign-in ends here.
    void reply.header('Set-Cookie', this.cookie.clear());
    const login = await this.oidc.complete(visitor, cookies, readQuery(request));
    return presentMerchantLogin(login, this.tokens.ttlSeconds);
  }
}

function depart(reply: FastifyReply, { url, cookie }: Departure): void {
  void reply.header('Set-Cookie', cookie).header('Location', url);
}

/** The query as it was sent: with every parameter, as often as it is there. */
const readQuery = ({ url }: FastifyRequest): URLSearchParams =>
  new URLSearchParams(url.includes('?') ? url.slice(url.indexOf('?') + 1) : '');
