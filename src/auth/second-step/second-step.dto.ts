import { IsNotEmpty, IsObject, IsOptional, IsString, Matches, MaxLength, ValidateIf } from 'class-validator';
import { CODE } from '../second-factor/second-factor.dto.js';

/** What a challenge is written with. */
const CHALLENGE = /^[\w-]{1,100}$/;

/** Example bodies, by the method of the second step. */
export const SECOND_STEP_EXAMPLES = {
  code: { value: { challenge: 'o1b5Zk0mYqYbR3J8k2hVw4Xc7TnD6uGsLePfAiNzQyE', code: '492039' } },
  recoveryCode: {
    value: { challenge: 'o1b5Zk0mYqYbR3J8k2hVw4Xc7TnD6uGsLePfAiNzQyE', recoveryCode: '7K3WM-0Q9TZ-XR2AF-5HJ8C-B4N6E' },
  },
};

/** The answer to a login's challenge, by one of three methods. */
export interface SecondStepBody {
  challenge: string;
  code?: string;
  recoveryCode?: string | null;
  passkey?: Record<string, unknown> | null;
}

const isCodeNeeded = ({ code, recoveryCode, passkey }: SecondStepBody): boolean =>
  code != null || (recoveryCode ?? passkey ?? null) === null;

/** The second step of a login on the clients and merchants surfaces: the challenge, with a code, a recovery code or a passkey. */
export class LoginSecondStepBody implements SecondStepBody {
  /**
   * The challenge from the answer to the login.
   * @example "o1b5Zk0mYqYbR3J8k2hVw4Xc7TnD6uGsLePfAiNzQyE"
   */
  @Matches(CHALLENGE, { message: 'challenge must be one from the answer to a login' })
  @IsNotEmpty({ message: 'challenge is required' })
  challenge: string;

  /**
   * The six digits that the authenticator app shows.
   * @example "492039"
   */
  @Matches(CODE, { message: 'code must be six digits' })
  @IsNotEmpty({ message: 'code, recoveryCode or passkey is required' })
  @ValidateIf(isCodeNeeded)
  code?: string;

  /**
   * A recovery code, in any letter case, with or without hyphens.
   * @example "7K3WM-0Q9TZ-XR2AF-5HJ8C-B4N6E"
   */
  @IsOptional()
  @MaxLength(100)
  @IsString()
  recoveryCode?: string | null;

  /**
   * What the browser answers to `passkeyOptions`: `AuthenticationResponseJSON` of WebAuthn, as `PublicKeyCredential.toJSON()` returns it.
   * @example { "id": "bXkta2V5", "rawId": "bXkta2V5", "type": "public-key", "response": { "clientDataJSON": "e30", "authenticatorData": "AA", "signature": "AA" }, "clientExtensionResults": {} }
   */
  @IsOptional()
  @IsObject()
  passkey?: Record<string, unknown> | null;
}

// The last rule of a property is checked first.
/** The second step of a login on the accounts surface: the challenge, with a code, a recovery code or a passkey. */
export class AccountSecondStepBody implements SecondStepBody {
  /**
   * The challenge from the answer to the login.
   * @example "o1b5Zk0mYqYbR3J8k2hVw4Xc7TnD6uGsLePfAiNzQyE"
   */
  @Matches(CHALLENGE, { message: 'invalidChallenge' })
  @IsNotEmpty({ message: 'challengeMissing' })
  challenge: string;

  /**
   * The six digits that the authenticator app shows.
   * @example "492039"
   */
  @Matches(CODE, { message: 'invalidCode' })
  @IsNotEmpty({ message: 'codeMissing' })
  @ValidateIf(isCodeNeeded)
  code?: string;

  /**
   * A recovery code, in any letter case, with or without hyphens.
   * @example "7K3WM-0Q9TZ-XR2AF-5HJ8C-B4N6E"
   */
  @IsOptional()
  @MaxLength(100, { message: 'invalidRecoveryCode' })
  @IsString({ message: 'invalidRecoveryCode' })
  recoveryCode?: string | null;

  /**
   * What the browser answers to `passkeyOptions`: `AuthenticationResponseJSON` of WebAuthn, as `PublicKeyCredential.toJSON()` returns it.
   * @example { "id": "bXkta2V5", "rawId": "bXkta2V5", "type": "public-key", "response": { "clientDataJSON": "e30", "authenticatorData": "AA", "signature": "AA" }, "clientExtensionResults": {} }
   */
  @IsOptional()
  @IsObject({ message: 'invalidPasskey' })
  passkey?: Record<string, unknown> | null;
}
