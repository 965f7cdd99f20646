import { IsIn, IsInt, IsOptional, IsString, IsUUID, Matches, Max, Min } from 'class-validator';
import { MAX_LEVEL } from '../access/levels.js';
import { QueryNumber } from '../http/page.dto.js';

/** What the key of a request must be good for. */
export class CheckQuery {
  /**
   * The level it must have, 0 to 8.
   * @example 2
   */
  @IsOptional()
  @QueryNumber()
  @IsInt()
  @Min(0)
  @Max(MAX_LEVEL)
  level?: number;

  /**
   * The scopes it must have, separated by spaces.
   * @example "payments:write"
   */
  @IsOptional()
  @Matches(/^[\x21-\x7e]+( [\x21-\x7e]+)*$/)
  @IsString()
  scope?: string;

  /**
   * The application that it must be for.
   * @example "5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11"
   */
  @IsOptional()
  @IsUUID()
  application?: string;
}

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
