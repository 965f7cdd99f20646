/** A public key that verifies access tokens (RFC 7517). */
export class JwkView {
  /** The type of the key: an elliptic curve. */
  kty: 'EC';

  /** The curve. */
  crv: 'P-256';

  /**
   * The x coordinate, in base64url.
   * @example "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"
   */
  x: string;

  /**
   * The y coordinate, in base64url.
   * @example "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
   */
  y: string;

  /**
   * The key's thumbprint (RFC 7638), which tokens name as their `kid`.
   * @example "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U"
   */
  kid: string;

  /** What the key is for: signatures. */
  use: 'sig';

  /** The algorithm of the signatures. */
  alg: 'ES256';
}

/** The public keys that verify access tokens, including the next one. */
export class JwksView {
  /** The public keys: the one that signs, and those that are about to sign or have signed valid tokens. */
  keys: JwkView[];
}

/** The metadata of the authorization server (RFC 8414). */
export class MetadataView {
  /**
   * The `iss` of tokens: the URL of this server.
   * @example "https://keys.example.com"
   */
  issuer: string;

  /**
   * The URL that sessions are opened at.
   * @example "https://keys.example.com/oauth/token"
   */
  token_endpoint: string;

  /**
   * The URL that sessions are introspected at (RFC 7662).
   * @example "https://keys.example.com/oauth/introspect"
   */
  introspection_endpoint: string;

  /**
   * The URL that sessions are ended at (RFC 7009).
   * @example "https://keys.example.com/oauth/revoke"
   */
  revocation_endpoint: string;

  /**
   * The URL of the public keys (RFC 7517).
   * @example "https://keys.example.com/.well-known/jwks.json"
   */
  jwks_uri: string;

  /**
   * The URL of the documentation.
   * @example "https://keys.example.com/docs"
   */
  service_documentation: string;

  /**
   * The grants of the token endpoint.
   * @example ["client_credentials"]
   */
  grant_types_supported: string[];

  /**
   * Empty: the server has no authorization endpoint.
   * @example []
   */
  response_types_supported: string[];

  /**
   * How a client authenticates to the token endpoint.
   * @example ["client_secret_basic", "client_secret_post"]
   */
  token_endpoint_auth_methods_supported: string[];

  /**
   * How a client authenticates to the introspection endpoint.
   * @example ["client_secret_basic", "client_secret_post"]
   */
  introspection_endpoint_auth_methods_supported: string[];

  /**
   * How a client authenticates to the revocation endpoint.
   * @example ["client_secret_basic", "client_secret_post"]
   */
  revocation_endpoint_auth_methods_supported: string[];
}
