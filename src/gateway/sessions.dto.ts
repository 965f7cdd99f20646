import { IsIn } from 'class-validator';

/** A request for a session. */
export class TokenBody {
  @IsIn(['client_credentials'], { message: 'grant_type must be client_credentials' })
  grant_type: 'client_credentials';
}

/** A session (RFC 6749, section 5.1). */
export class TokenAnswer {
  /** @example "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.sIgNaTuRe" */
  access_token: string;

  token_type: 'Bearer';

  /**
   * Seconds.
   * @example 900
   */
  expires_in: number;
}
