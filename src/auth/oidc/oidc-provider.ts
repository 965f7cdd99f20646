import { Inject, Injectable, Logger } from '@nestjs/common';
import * as client from 'openid-client';
import { DomainError } from '../../platform/events/domain-error.js';
import { LogEntry } from '../../platform/observability/logs/log-entry.js';
import { Clock, HOUR_MS } from '../../platform/runtime/clock.js';
import { readLimitedText } from '../../platform/runtime/limited-text.js';
import { OIDC_SETTINGS, type OidcSettings } from './oidc-settings.js';
import { describeProviderError, refusalFor, RETRY_SECONDS, unavailable } from './provider-errors.js';
import type { PendingSignIn } from './sign-in-cookie.js';

/** The time that the provider has to answer, in seconds. */
const TIMEOUT_SECONDS = 5;

/** The largest response of the provider, in bytes. */
const SIZE_MAX = 512 * 1024;

/** The time for which what has been discovered is used. */
const GOOD_FOR_MS = HOUR_MS;

/** The endpoints without which nobody can sign in. */
const NEEDED = ['authorization_endpoint', 'token_endpoint', 'jwks_uri'] as const;

/** What the provider says of a person: its ID token, completed by its userinfo endpoint. */
export type Claims = client.IDToken;

/** The OpenID provider. It is not asked before somebody signs in, so that the server starts without it. */
@Injectable()
export class OidcProvider {
  private readonly logger = new Logger('Keywright');
  private discovered: { configuration: client.Configuration; atMs: number } | null = null;
  private triedAtMs = Number.NEGATIVE_INFINITY;
  private discovering: Promise<client.Configuration> | null = null;

  constructor(
    private readonly clock: Clock,
    @Inject(OIDC_SETTINGS) private readonly optionalSettings: OidcSettings | null,
  ) {}

  get isConfigured(): boolean {
    return this.optionalSettings !== null;
  }

  /** @throws {DomainError} `route.not_found` if no provider is configured */
  get settings(): OidcSettings {
    if (!this.optionalSettings) throw new DomainError('route.not_found');
    return this.optionalSettings;
  }

  /**
   * Begins a sign-in.
   *
   * @returns the URL at the provider to send the browser to, and what the sign-in is recognised by when it comes back
   * @throws {DomainError} `route.not_found` or `unavailable`
   */
  async begin(): Promise<{ url: URL; pending: Omit<PendingSignIn, 'isForConsole'> }> {
    const { redirectUri, scopes } = this.settings;
    const configuration = await this.configuration();
    const pending = {
      state: client.randomState(),
      nonce: client.randomNonce(),
      verifier: client.randomPKCECodeVerifier(),
    };
    const url = client.buildAuthorizationUrl(configuration, {
      redirect_uri: redirectUri.href,
      scope: scopes,
      state: pending.state,
      nonce: pending.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(pending.verifier),
      code_challenge_method: 'S256',
    });
    return { url, pending };
  }

  /**
   * Exchanges the code that the browser has brought from the provider for what the provider says of the person.
   *
   * @param parameters of the callback
   * @throws {DomainError} `oidc.state_invalid`, `oidc.issuer_mismatch`, `oidc.denied`, `oidc.code_invalid`, `oidc.nonce_mismatch`,
   *   `oidc.token_invalid` or `unavailable`
   */
  async complete(parameters: URLSearchParams, { state, nonce, verifier }: PendingSignIn): Promise<Claims> {
    if (parameters.getAll('state').join() !== state) throw new DomainError('oidc.state_invalid');
    const configuration = await this.configuration();
    assertIssuer(parameters, configuration.serverMetadata());
    if (!parameters.has('error') && parameters.getAll('code').length !== 1) throw new DomainError('oidc.code_invalid');
    const url = new URL(this.settings.redirectUri);
    url.search = parameters.toString();
    try {
      const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier };
      const tokens = await client.authorizationCodeGrant(configuration, url, checks);
      const claims = tokens.claims();
      if (!claims) throw new DomainError('oidc.token_invalid');
      return await this.withUserinfo(configuration, tokens.access_token, claims);
    } catch (error) {
      throw this.refusal(error);
    }
  }

  /** Completes the claims of the ID token, which may leave out those that the userinfo endpoint tells (OpenID Connect Core 1.0, section 5.4). */
  private async withUserinfo(configuration: client.Configuration, token: string, claims: Claims): Promise<Claims> {
    const hasAddress = claims.email !== undefined && claims.email_verified !== undefined;
    const hasGroups = this.settings.roleMapping?.hasGroups(claims) ?? true;
    const isOffered = configuration.serverMetadata().userinfo_endpoint !== undefined;
    if (!isOffered || (hasAddress && hasGroups)) return claims;
    const told = await client.fetchUserInfo(configuration, token, claims.sub);
    // An address and whether it is verified are told by the same source.
    const { email, email_verified } = hasAddress ? claims : told;
    return { ...told, ...claims, email, email_verified };
  }

  /** Returns what has been discovered; while the provider does not answer, what was discovered before. */
  private async configuration(): Promise<client.Configuration> {
    const nowMs = this.clock.nowMs();
    const { discovered } = this;
    if (discovered && nowMs - discovered.atMs < GOOD_FOR_MS) return discovered.configuration;
    try {
      if (this.discovering || nowMs - this.triedAtMs >= RETRY_SECONDS * 1000) return await this.discoverOnce(nowMs);
    } catch (error) {
      if (!discovered) throw error;
    }
    if (!discovered) throw unavailable();
    return discovered.configuration;
  }

  private discoverOnce(nowMs: number): Promise<client.Configuration> {
    this.triedAtMs = nowMs;
    this.discovering ??= this.discover(nowMs)
      .catch((error: unknown) => {
        this.logger.warn(`The OpenID provider cannot be discovered: ${describeProviderError(error)}`);
        throw unavailable();
      })
      .finally(() => (this.discovering = null));
    return this.discovering;
  }

  private async discover(nowMs: number): Promise<client.Configuration> {
    const { issuer, clientId } = this.settings;
    const execute = [client.enableNonRepudiationChecks];
    // The library marks it as deprecated so that it stands out. The settings allow http on this machine only.
    // eslint-disable-next-line @typescript-eslint/no-deprecated
    if (issuer.protocol === 'http:') execute.push(client.allowInsecureRequests);
    const options = { execute, timeout: TIMEOUT_SECONDS, [client.customFetch]: fetchLimited };
    const configuration = await client.discovery(issuer, clientId, undefined, this.authenticate(), options);
    const metadata = configuration.serverMetadata();
    const missing = NEEDED.filter((name) => !URL.canParse(metadata[name] ?? ''));
    if (missing.length > 0) throw new Error(`its metadata have no ${missing.join(' and no ')}`);
    this.discovered = { configuration, atMs: nowMs };
    return configuration;
  }

  /** How this server authenticates at the token endpoint: by HTTP Basic, as every provider must be able to, unless it says otherwise. */
  private authenticate(): client.ClientAuth {
    const { clientSecret, clientAuthMethod } = this.settings;
    if (clientSecret === null) return client.None();
    const methods = {
      client_secret_basic: client.ClientSecretBasic(clientSecret),
      client_secret_post: client.ClientSecretPost(clientSecret),
    };
    return (server, ...rest) => {
      const offered = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
      const preferred = offered.includes('client_secret_basic') ? 'client_secret_basic' : 'client_secret_post';
      methods[clientAuthMethod ?? preferred](server, ...rest);
    };
  }

  /** Logs what an operator should know of a failed sign-in, and returns what the request is refused with. */
  private refusal(error: unknown): DomainError {
    const refusal = refusalFor(error);
    if (!(error instanceof DomainError) && refusal.code !== 'oidc.code_invalid')
      this.logger.warn(
        new LogEntry(`A sign-in with the OpenID provider has failed: ${describeProviderError(error)}`, {
          reason: refusal.code,
        }),
      );
    return refusal;
  }
}

/** @throws {DomainError} `oidc.issuer_mismatch` for an answer of another provider (RFC 9207, section 2.4) */
function assertIssuer(parameters: URLSearchParams, server: Readonly<client.ServerMetadata>): void {
  const issuers = parameters.getAll('iss');
  const isRequired = server.authorization_response_iss_parameter_supported === true;
  if (issuers.length === 0 ? isRequired : issuers.join() !== server.issuer)
    throw new DomainError('oidc.issuer_mismatch');
}

/** As `fetch`, but reads at most so many bytes. */
const fetchLimited: client.CustomFetch = async (url, options) => {
  const response = await fetch(url, options);
  const text = await readLimitedText(response, SIZE_MAX);
  const { status, headers } = response;
  return new Response(text === '' ? null : text, { status, headers });
};
