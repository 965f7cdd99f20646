import { IsNotEmpty, IsOptional, IsString, Matches, ValidateIf } from 'class-validator';
import { Transform } from 'class-transformer';
import { AccountView } from '../accounts/own-account/own-account.dto.js';

/** A login on the accounts surface: by user name, e-mail address or account number. */
export class AccountLoginBody {
  // The last rule of a property is checked first.
  /**
   * The user name or the e-mail address, in any case.
   * @example "admin"
   */
  @IsString({ message: 'invalidUsername' })
  @IsNotEmpty({ message: 'usernameMissing' })
  @ValidateIf(
    ({ email, id, username }: AccountLoginBody) => username !== undefined || (email ?? id ?? undefined) === undefined,
  )
  username?: string;

  /** The e-mail address. */
  @IsOptional()
  @IsString({ message: 'invalidEmail' })
  @IsNotEmpty({ message: 'usernameMissing' })
  email?: string;

  /** The account's number. */
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (typeof value === 'number' ? String(value) : value))
  @Matches(/^\d{1,9}$/, { message: 'invalidId' })
  id?: string;

  /** @example "correct horse battery" */
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
  account: AccountView;
}
