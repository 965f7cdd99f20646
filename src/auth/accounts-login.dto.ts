import { IsNotEmpty, IsOptional, IsString, ValidateIf } from 'class-validator';
import { Transform } from 'class-transformer';
import { AccountView } from '../accounts/own-account/own-account.dto.js';

const AsText = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) => (Number.isSafeInteger(value) ? String(value) : value));

/** An example body: one of the three fields is enough. */
export const LOGIN_EXAMPLES = { username: { value: { username: 'admin', password: 'correct horse battery' } } };

// The last rule of a property is checked first.
/** A login on the accounts surface. Each of the three fields takes the username, the e-mail address or the number of the account. */
export class AccountLoginBody {
  /**
   * The username, the e-mail address, in any case, or the number of the account.
   * @example "admin"
   */
  @IsString({ message: 'invalidUsername' })
  @IsNotEmpty({ message: 'usernameMissing' })
  @AsText()
  @ValidateIf(
    ({ email, id, username }: AccountLoginBody) => username !== undefined || (email ?? id ?? undefined) === undefined,
  )
  username?: string;

  /** The e-mail address. */
  @IsOptional()
  @IsString({ message: 'invalidEmail' })
  @IsNotEmpty({ message: 'usernameMissing' })
  @AsText()
  email?: string;

  /** The account's number. */
  @IsOptional()
  @IsString({ message: 'invalidId' })
  @IsNotEmpty({ message: 'usernameMissing' })
  @AsText()
  id?: string;

  /**
   * The password.
   * @example "correct horse battery"
   */
  @IsString({ message: 'invalidPassword' })
  @IsNotEmpty({ message: 'passwordMissing' })
  password: string;
}

/** A login token and the account that has logged in. */
export class AccountLoginAnswer {
  /**
   * The login token, for `Authorization: Bearer`.
   * @example "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.sIgNaTuRe"
   */
  token: string;

  /** The account that has logged in. */
  account: AccountView;
}
