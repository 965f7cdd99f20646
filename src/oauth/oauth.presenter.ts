import type { JWK } from 'jose';
import type { AccessToken } from './access-token.js';
import type { JwksView, JwkView, MetadataView } from './discovery.dto.js';
import type { IntrospectionAnswer, TokenAnswer } from './oauth.dto.js';
import type { OpenedSession } from './sessions.js';

const AUTH_METHODS = ['client_secret_basic', 'client_secret_post'];

export function presentSession({ accessToken, expiresInSeconds, scopes }: OpenedSession): TokenAnswer {
  return {
    access_token: accessToken,
    token_type: 'Bearer',
    expires_in: expiresInSeconds,
    ...(scopes && { scope: scopes.join(' ') }),
  };
}

export function presentIntrospection(token: AccessToken | null): IntrospectionAnswer {
  if (!token) return { active: false };
  const { scope, client_id, exp, iat, sub, aud, iss, jti } = token.claims;
  return {
    active: true,
    ...(scope !== undefined && { scope }),
    client_id,
    token_type: 'Bearer',
    exp,
    iat,
    sub,
    aud,
    iss,
    jti,
  };
}

export function presentKeySet(keys: JWK[]): JwksView {
  return { keys: keys.map(({ kty, crv, x, y, kid, use, alg }) => ({ kty, crv, x, y, kid, use, alg }) as JwkView) };
}

export function presentMetadata(issuer: string): MetadataView {
  return {
    issuer,
    token_endpoint: `${issuer}/oauth/token`,
    introspection_endpoint: `${issuer}/oauth/introspect`,
    revocation_endpoint: `${issuer}/oauth/revoke`,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    service_documentation: `${issuer}/docs`,
    grant_types_supported: ['client_credentials'],
    response_types_supported: [],
    token_endpoint_auth_methods_supported: AUTH_METHODS,
    introspection_endpoint_auth_methods_supported: AUTH_METHODS,
    revocation_endpoint_auth_methods_supported: AUTH_METHODS,
  };
}
