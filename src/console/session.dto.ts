import { IsNotEmpty, IsString, MaxLength } from 'class-validator';
import { AccountView } from '../accounts/own-account/own-account.dto.js';

/** As long as a request's head may be. */
const QUERY_MAX = 16 * 1024;

/** What the provider has sent the browser back with. */
export class CompleteSignInBody {
  /**
   * The query of the URL that the provider has redirected the browser to, as it is.
   * @example "code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkj"
   */
  @MaxLength(QUERY_MAX)
  @IsString()
  @IsNotEmpty({ message: 'query is required' })
  query: string;
}

/** A session of the console, whose login token only the cookie holds. */
export class ConsoleSessionView {
  /**
   * The lifetime of the session, in seconds.
   * @example 3600
   */
  expiresIn: number;
}

/** Who is signed in to the console, and how people can sign in beside their password. */
export class SignedInView {
  /** The account; `null` without a session. */
  account: AccountView | null;

  /**
   * What people call the OpenID provider that they can sign in with; `null` if the server has none.
   * @example "Example SSO"
   */
  providerName: string | null;
}
