/** The OpenID provider that people can sign in with. */
export class OidcProviderView {
  /**
   * What people call it.
   * @example "Example SSO"
   */
  name: string;

  /**
   * The path at which a browser begins to sign in.
   * @example "/api/v1/auth/oidc/login"
   */
  loginPath: string;
}
