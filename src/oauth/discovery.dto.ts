/** A public key that verifies access tokens (RFC 7517). */
export class JwkView {
  kty: 'EC';

  crv: 'P-256';

  /** @example "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU" */
  x: string;

  /** @example "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0" */
  y: string;

  /**
   * The key's thumbprint (RFC 7638), which tokens name as their `kid`.
   * @example "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U"
   */
  kid: string;

  use: 'sig';

  alg: 'ES256';
}

/** The public keys that verify access tokens, including the next one. */
export class JwksView {
  keys: JwkView[];
}

/** The metadata of the authorization server (RFC 8414). */
export class MetadataView {
  /** @example "https://keys.example.com" */
  issuer: string;

  /** @example "https://keys.example.com/oauth/token" */
  token_endpoint: string;

  /** @example "https://keys.example.com/oauth/introspect" */
  introspection_endpoint: string;

  /** @example "https://keys.example.com/oauth/revoke" */
  revocation_endpoint: string;

  /** @example "https://keys.example.com/.well-known/jwks.json" */
  jwks_uri: string;

  /** @example "https://keys.example.com/docs" */
  service_documentation: string;

  /** @example ["client_credentials"] */
  grant_types_supported: string[];

  /**
   * Empty: the server has no authorization endpoint.
   * @example []
   */
  response_types_supported: string[];

  /** @example ["client_secret_basic", "client_secret_post"] */
  token_endpoint_auth_methods_supported: string[];

  /** @example ["client_secret_basic", "client_secret_post"] */
  introspection_endpoint_auth_methods_supported: string[];

  /** @example ["client_secret_basic", "client_secret_post"] */
  revocation_endpoint_auth_methods_supported: string[];
}
