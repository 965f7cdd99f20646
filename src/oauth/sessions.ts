import { Injectable } from '@nestjs/common';
import { LEVELS } from '../access/levels.js';
import { canAccessOtherTenants } from '../access/tenant-access.js';
import type { Actor } from '../platform/events/actor.js';
import { DomainError } from '../platform/events/domain-error.js';
import { andThen, type MaybePromise } from '../platform/runtime/maybe-promise.js';
import type { Requirements, Verdict } from '../verification/outcome.js';
import { VerificationService } from '../verification/verification.service.js';
import type { AccessToken } from './access-token.js';
import { AccessTokens } from './access-tokens.js';
import type { Client } from './clients.js';
import type { TokenBody } from './oauth.dto.js';
import { Revocations } from './revocations.js';
import { parseScope } from './scopes.js';

/** A session that was just opened. */
export interface OpenedSession {
  accessToken: string;
  expiresInSeconds: number;
  /** What it is limited to; `null` for nothing. */
  scopes: readonly string[] | null;
}

/** Sessions that keys open (RFC 6749, section 4.4), so that a secret needn't travel with every request. */
@Injectable()
export class Sessions {
  constructor(
    private readonly revocations: Revocations,
    private readonly tokens: AccessTokens,
    private readonly verification: VerificationService,
  ) {}

  /** @throws {DomainError} `oauth.unsupported_grant_type`, `oauth.invalid_scope` */
  async open(client: Client, { grant_type, scope }: TokenBody): Promise<OpenedSession> {
    if (grant_type !== 'client_credentials') throw new DomainError('oauth.unsupported_grant_type');
    const scopes = parseScope(scope, client.key.scopes);
    const { token, expiresInSeconds } = await this.tokens.issue(client, scopes);
    return { accessToken: token, expiresInSeconds, scopes };
  }

  /**
   * Whether a session is good for a request; without a promise when its token was seen before and its key is known. `null` for what is no
   * access token of this server.
   */
  verify(token: string, requirements: Requirements): MaybePromise<Verdict | null> {
    return andThen(
      this.tokens.read(token),
      (session) => session && this.verification.verifySession(session, requirements),
    );
  }

  /**
   * A session that is good now (RFC 7662); `null` for any other, and for those that the client may not ask about: from level 1 on
   * its own merchant's, from level 5 on everybody's.
   */
  async introspect({ key: { level, merchantId } }: Client, token: string): Promise<AccessToken | null> {
    const session = await this.tokens.read(token);
    const key = session && (await this.verification.keyOf(session));
    if (!key || level < LEVELS.readSome) return null;
    return key.merchantId === merchantId || canAccessOtherTenants({ level }, 'read') ? session : null;
  }

  /**
   * Ends one of the client's own sessions (RFC 7009); nobody accepts it once this has returned. A token that is no good needs nothing done.
   *
   * @throws {DomainError} `oauth.unauthorized_client` for another client's
   */
  async revoke(client: Client, token: string, actor: Actor): Promise<void> {
    const session = await this.tokens.read(token);
    if (!session) return;
    if (session.claims.sub !== client.key.id) throw new DomainError('oauth.unauthorized_client');
    await this.revocations.revoke(client, session, actor);
  }
}
