import { IsOptional, IsString, MaxLength } from 'class-validator';

const ONCE = { message: '$property must be given only once' };

/** The credentials of a client that does not use HTTP Basic. */
export class ClientBody {
  /**
   * The key's public id. With a full key (`ks_…`) or an imported key as the secret, also its `keyPrefix` or its id.
   * @example "5f2b8c1e9a7d4f306b12"
   */
  @IsOptional()
  @MaxLength(500)
  @IsString(ONCE)
  client_id?: string;

  /**
   * The key's secret, the full key, or an imported key.
   * @example "ks_live_abc1XYZabc1XYZabSecretSecretSecretSecretSecre0CHECK"
   */
  @IsOptional()
  @MaxLength(500)
  @IsString(ONCE)
  client_secret?: string;
}

/** A request for a session. */
export class TokenBody extends ClientBody {
  /**
   * `client_credentials`, the only grant that is supported.
   * @example "client_credentials"
   */
  @IsString({ message: 'grant_type must be given exactly once' })
  grant_type: string;

  /**
   * The scopes to limit the session to, separated by spaces. By default those of the key.
   * @example "payments:write"
   */
  @IsOptional()
  @IsString(ONCE)
  scope?: string;
}

/** A session (RFC 6749, section 5.1). */
export class TokenAnswer {
  /**
   * The access token, a JWT (RFC 9068).
   * @example "eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCIsImtpZCI6ImsifQ.e30.sIgNaTuRe"
   */
  access_token: string;

  /** How the token is sent: as `Authorization: Bearer`. */
  token_type: 'Bearer';

  /**
   * The lifetime of the token, in seconds.
   * @example 900
   */
  expires_in: number;

  /**
   * The scopes that the session is limited to, separated by spaces. Left out if it is not limited.
   * @example "payments:write"
   */
  scope?: string;
}

/** A token to introspect or revoke. */
export class TheTokenBody extends ClientBody {
  /**
   * The access token.
   * @example "eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCIsImtpZCI6ImsifQ.e30.sIgNaTuRe"
   */
  @MaxLength(10_000)
  @IsString({ message: 'token must be given exactly once' })
  token: string;

  /**
   * Ignored: access tokens are the only kind of token.
   * @example "access_token"
   */
  @IsOptional()
  @IsString(ONCE)
  token_type_hint?: string;
}

/** The state of a token (RFC 7662, section 2.2). All properties but `active` are left out unless the token is active. */
export class IntrospectionAnswer {
  /** Whether the token is valid now, and you may introspect it. */
  active: boolean;

  /**
   * The scopes that the token is limited to, separated by spaces. Left out if it is not limited.
   * @example "payments:write"
   */
  scope?: string;

  /**
   * The public id of the key that opened the session.
   * @example "5f2b8c1e9a7d4f306b12"
   */
  client_id?: string;

  /** How the token is sent: as `Authorization: Bearer`. */
  token_type?: 'Bearer';

  /**
   * When the token expires, in seconds since 1970.
   * @example 1763730900
   */
  exp?: number;

  /**
   * When the session was opened, in seconds since 1970.
   * @example 1763730000
   */
  iat?: number;

  /**
   * The id of the key that opened the session.
   * @example "f7fa38ec-0e19-405c-820f-bf65912ab4ec"
   */
  sub?: string;

  /**
   * The id of the merchant whose API the token is for.
   * @example "5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11"
   */
  aud?: string;

  /**
   * The server's public URL.
   * @example "https://keys.example.com"
   */
  iss?: string;

  /**
   * The token's id.
   * @example "0f8b6c7e-0d7a-4c0e-a9a3-3a8f0a6d4f5b"
   */
  jti?: string;
}
