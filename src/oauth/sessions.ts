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
  /** The scopes that the session is limited to; `null` if it isn't limited. */
  scopes: readonly string[] | null;
}

/**
 * Opens, verifies, introspects and revokes the sessions of keys (RFC 6749, section 4.4). A session replaces the key's secret in requests.
 */
@Injectable()
export class Sessions {
  constructor(
    private readonly revocations: Revocations,
    private readonly tokens: AccessTokens,
    private readonly verification: VerificationService,
  ) {}

  /**
   * Opens a session.
   *
   * @throws {DomainError} `oauth.unsupported_grant_type`, `oauth.invalid_scope`
   */
  async open(client: Client, { grant_type, scope }: TokenBody): Promise<OpenedSession> {
    if (grant_type !== 'client_credentials') throw new DomainError('oauth.unsupported_grant_type');
    const scopes = parseScope(scope, client.key.scopes);
    const { token, expiresInSeconds } = await this.tokens.issue(client, scopes);
    return { accessToken: token, expiresInSeconds, scopes };
  }

  /**
   * Verifies the session of a request; without a promise if its token was checked before and its key is cached. Returns `null` if the text
   * isn't an access token of this server.
   */
  verify(token: string, requirements: Requirements): MaybePromise<Verdict | null> {
    return andThen(
      this.tokens.read(token),
      (session) => session && this.verification.verifySession(session, requirements),
    );
  }

  /**
   * Returns a session that is valid now (RFC 7662), or `null` if it isn't or the client may not introspect it. From level 1 on, a client
   * may introspect the sessions of its own merchant; from level 5 on, those of every merchant.
   */
  async introspect({ key: { level, merchantId } }: Client, token: string): Promise<AccessToken | null> {
    const session = await this.tokens.read(token);
    const key = session && (await this.verification.findKey(session));
    if (!key || level < LEVELS.readSome) return null;
    return key.merchantId === merchantId || canAccessOtherTenants({ level }, 'read') ? session : null;
  }

  /**
   * Revokes one of the client's own sessions (RFC 7009). No instance accepts it once this has returned. A token that isn't valid is
   * ignored.
   *
   * @throws {DomainError} `oauth.unauthorized_client` for another client's session
   */
  async revoke(client: Client, token: string, actor: Actor): Promise<void> {
    const session = await this.tokens.read(token);
    if (!session) return;
    if (session.claims.sub !== client.key.id) throw new DomainError('oauth.unauthorized_client');
    await this.revocations.revoke(client, session, actor);
  }
}
