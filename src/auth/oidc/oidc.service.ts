import { Injectable } from '@nestjs/common';
import type { Account } from '../../accounts/account.entity.js';
import type { Actor } from '../../platform/events/actor.js';
import { DomainError } from '../../platform/events/domain-error.js';
import { LoginService, type Login } from '../login.service.js';
import type { Refusal } from '../../platform/http/route-facts.js';
import { SECOND_FACTOR_REQUIRED } from '../second-step/login-challenges.js';
import { OidcAccounts } from './oidc-accounts.js';
import { OidcProvider, type Claims } from './oidc-provider.js';
import { readPerson, readVerifiedEmail } from './person.js';
import { SignInCookie } from './sign-in-cookie.js';

/** How a sign-in can fail once the browser is back from the provider. */
export const SIGN_IN_REFUSALS: Refusal[] = [
  'route.not_found',
  'oidc.state_invalid',
  'oidc.expired',
  'oidc.issuer_mismatch',
  'oidc.code_invalid',
  'oidc.nonce_mismatch',
  'oidc.token_invalid',
  'oidc.denied',
  'oidc.email_unverified',
  'oidc.domain_not_allowed',
  'oidc.account_unknown',
  'oidc.subject_mismatch',
  'oidc.role_missing',
  'access.account_inactive',
  'login.failed',
  SECOND_FACTOR_REQUIRED,
  'member.last_manager',
  'member.last_admin',
  'unavailable',
];

/** Where a browser is sent, and the `Set-Cookie` header that goes with it. */
export interface Departure {
  url: string;
  cookie: string;
}

/** Signs people in with an OpenID provider: the authorization code flow (OpenID Connect Core 1.0, section 3.1) with PKCE. */
@Injectable()
export class OidcService {
  constructor(
    private readonly accounts: OidcAccounts,
    private readonly cookie: SignInCookie,
    private readonly logins: LoginService,
    private readonly provider: OidcProvider,
  ) {}

  /** What people call the provider; `null` without one. */
  get providerName(): string | null {
    return this.provider.isConfigured ? this.provider.settings.name : null;
  }

  /**
   * Begins a sign-in.
   *
   * @param isForConsole whether the console will complete it
   * @throws {DomainError} `route.not_found` without a provider, or `unavailable` while it does not answer
   */
  async begin(isForConsole = false): Promise<Departure> {
    const { url, pending } = await this.provider.begin();
    return { url: url.href, cookie: await this.cookie.issue({ ...pending, isForConsole }) };
  }

  /** Returns whether the console completes the sign-in that a `Cookie` header belongs to. */
  async isForConsole(cookies: string | undefined): Promise<boolean> {
    const pending = await this.cookie.read(cookies).catch(() => null);
    return pending?.isForConsole === true;
  }

  /**
   * Completes a sign-in.
   *
   * @param cookies the `Cookie` header
   * @param parameters of the callback
   * @throws {DomainError} one of {@link SIGN_IN_REFUSALS}
   */
  async complete(visitor: Actor, cookies: string | undefined, parameters: URLSearchParams): Promise<Login> {
    const { settings } = this.provider;
    const pending = await this.cookie.read(cookies);
    const claims = await this.provider.complete(parameters, pending);
    const account = await this.audited(visitor, claims, () =>
      this.accounts.signIn(visitor, readPerson(claims, settings), pending.state),
    );
    return this.logins.enter(visitor, account, { method: 'oidc', issuer: claims.iss });
  }

  /** Records a failure for the account of the person, if there is one. */
  private async audited(visitor: Actor, claims: Claims, signIn: () => Promise<Account>): Promise<Account> {
    try {
      return await signIn();
    } catch (error) {
      if (error instanceof DomainError) await this.recordFailure(visitor, claims, error);
      throw error;
    }
  }

  private async recordFailure(visitor: Actor, claims: Claims, error: DomainError): Promise<void> {
    const account = await this.accounts.find(claims.iss, claims.sub, readVerifiedEmail(claims));
    if (account) this.logins.recordFailure(visitor, account, error);
  }
}
