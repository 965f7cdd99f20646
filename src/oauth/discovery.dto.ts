/** A public key that access tokens are signed with (RFC 7517). */
export class JwkView {
  kty: 'EC';

  crv: 'P-256';

  /** @example "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU" */
  x: string;

  /** @example "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0" */
  y: string;

  /**
   * Its thumbprint (RFC 7638), which tokens name.
   * @example "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U"
   */
  kid: string;

  use: 'sig';

  alg: 'ES256';
}

/** The public keys that access tokens may be signed with, the next one among them. */
export class JwksView {
  keys: JwkView[];
}

/** What an OAuth client needs to know of the server (RFC 8414). */
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
   * Empty: nobody logs in here for somebody else.
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
