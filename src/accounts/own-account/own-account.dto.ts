import { IsEmail, IsIn, IsInt, IsNotEmpty, IsOptional, Max, Min, Matches } from 'class-validator';
import { IsUncommonPassword } from '../passwords/password-rules.js';
import { EMAIL, IsText } from '../../platform/validation/text.js';

const LANGUAGES = ['en', 'de', 'es', 'fr', 'nl'];

/** Describes a confirmation in a path, with an example. */
export const CONFIRMATION_ID = [
  'The confirmation id from the mail.',
  '0f3a5c7e9b1d2f4a6c8e0f3a5c7e9b1d2f4a6c8e0f3a5c7e',
] as const;

/** A person who signs up. Of a property's rules, the last one is checked first. */
export class SignUpBody {
  /**
   * The e-mail address, to which the confirmation is sent.
   * @example "ada@example.org"
   */
  @IsEmail(EMAIL, { message: 'invalidEmail' })
  @IsText(254, { message: 'invalidEmail' })
  @IsNotEmpty({ message: 'emailMissing' })
  email: string;

  /** The language of mails. */
  @IsIn(LANGUAGES, { message: 'unsupportedLanguage' })
  @IsNotEmpty({ message: 'languageMissing' })
  language: 'en' | 'de' | 'es' | 'fr' | 'nl';

  /** Returns the confirmation id in the response, if `ALLOW_UNITTEST_SIGNUP` is set. */
  @IsOptional()
  @IsIn([true, false], { message: 'invalidUnittest' })
  unittest?: boolean;
}

export class SignUpAnswer {
  /**
   * The e-mail address, in lower case.
   * @example "ada@example.org"
   */
  email: string;

  /**
   * The confirmation id, for tests only.
   * @example "3b1f0a5c7e9b1d2f4a6c8e0f3a5c7e9b1d2f4a6c8e0f3a5c"
   */
  confirmation?: string;
}

/** The consent of a new account. */
export class ConfirmSignUpBody {
  /**
   * The version of the terms that the person agrees to, 1 or more.
   * @example 1
   */
  @Max(1000, { message: 'consentRequired' })
  @Min(1, { message: 'consentRequired' })
  @IsInt({ message: 'consentRequired' })
  consent: number;

  /**
   * The password: 12 to 200 characters. Without one, the account has none until it sets one with `PATCH /account/jwt`.
   * @example "correct horse battery"
   */
  @IsOptional()
  @IsUncommonPassword('passwordTooCommon')
  @Matches(/^[^\0]{8,200}$/u, { message: 'invalidPassword' })
  password?: string;
}

/** An account, as its owner sees it. */
export class AccountView {
  /**
   * The number of the account.
   * @example 61
   */
  id: number;

  /**
   * The username.
   * @example "Ada"
   */
  username: string;

  /**
   * The username in lower case, by which it is compared.
   * @example "ada"
   */
  lusername: string;

  /**
   * The e-mail address.
   * @example "ada@example.org"
   */
  email: string;

  /** The role, which determines the level. */
  role: 'readSome' | 'readOnly' | 'writeSome' | 'user' | 'bughunter' | 'support' | 'admin';

  /**
   * The status: 1 active, 0 not confirmed yet, -1 disabled, -2 blocked.
   * @example 1
   */
  status: number;

  /**
   * The version of the terms that the person agreed to; 0 means none.
   * @example 1
   */
  consent: number;

  /**
   * The language of mails.
   * @example "en"
   */
  language: string;

  /**
   * When the account was created.
   * @example "2026-11-21T13:30:00.000Z"
   */
  createdAt: string;

  /**
   * When the account was last changed.
   * @example "2026-11-21T13:30:00.000Z"
   */
  updatedAt: string;

  /** The latest login; `null` before the first. */
  lastSignIn: string | null;
}

export class AccountAnswer {
  /** The account. */
  account: AccountView;
}

/** Example bodies. The first one, which Swagger UI fills in, takes nothing away. */
export const UPDATE_ACCOUNT_EXAMPLES = {
  language: { value: { language: 'de' } },
  password: { value: { currentPassword: 'correct horse battery', password: 'a longer password than that' } },
};

/** Changes to the own account. */
export class UpdateAccountBody {
  /**
   * The username: 2 to 50 characters, without spaces and @, not a number.
   * @example "ada"
   */
  @IsOptional()
  @Matches(/^(?!user-\d+$)(?=.*\D)[^\s@\p{C}]{2,50}$/iu, { message: 'invalidUsername' })
  username?: string;

  /** The language of mails. */
  @IsOptional()
  @IsIn(LANGUAGES, { message: 'unsupportedLanguage' })
  language?: 'en' | 'de' | 'es' | 'fr' | 'nl';

  /**
   * The password: 8 to 200 characters, 12 or more from level 4. It ends all other sessions. A key cannot change it.
   * @example "correct horse battery"
   */
  @IsOptional()
  @IsUncommonPassword('passwordTooCommon')
  @Matches(/^[^\0]{8,200}$/u, { message: 'invalidPassword' })
  password?: string;

  /**
   * The current password, which a new password or e-mail address requires once the account has one.
   * @example "correct horse battery"
   */
  @IsOptional()
  @Matches(/^[^\0]{1,200}$/u, { message: 'invalidCurrentPassword' })
  currentPassword?: string;

  /**
   * The version of the terms that the person agrees to; 0 withdraws the consent and revokes all personal keys for good.
   * @example 1
   */
  @IsOptional()
  @Max(1000, { message: 'invalidConsent' })
  @Min(0, { message: 'invalidConsent' })
  @IsInt({ message: 'invalidConsent' })
  consent?: number;

  /**
   * The e-mail address, which changes when the link mailed to the new address is followed. A key cannot change it.
   * @example "ada@example.org"
   */
  @IsOptional()
  @IsEmail(EMAIL, { message: 'invalidEmail' })
  @IsText(254, { message: 'invalidEmail' })
  email?: string;
}

/** An account to recover. */
export class RecoverBody {
  /**
   * The e-mail address of the account.
   * @example "ada@example.org"
   */
  @IsEmail(EMAIL, { message: 'invalidEmail' })
  @IsText(254, { message: 'invalidEmail' })
  @IsNotEmpty({ message: 'emailMissing' })
  email: string;
}

export class RecoverAnswer {
  /**
   * The e-mail address of the request.
   * @example "ada@example.org"
   */
  email: string;
}

/** A new password. */
export class NewPasswordBody {
  /**
   * The password: 8 to 200 characters, 12 or more from level 4.
   * @example "correct horse battery"
   */
  @IsUncommonPassword('passwordTooCommon')
  @Matches(/^[^\0]{8,200}$/u, { message: 'invalidPassword' })
  @IsNotEmpty({ message: 'passwordMissing' })
  password: string;
}

/** A username to look up. An e-mail address is none. */
export class AvailableUsernameBody {
  /**
   * The username to look up.
   * @example "ada"
   */
  @Matches(/^[^@]*$/, { message: 'invalidUsername' })
  @IsText(254, { message: 'invalidUsername' })
  @IsNotEmpty({ message: 'usernameMissing' })
  username: string;
}

/** The username is taken. */
export class TakenUsernameAnswer {
  /**
   * The username that was looked up.
   * @example "ada"
   */
  username: string;

  /**
   * Always `false`: a username that nobody has is answered with 404.
   * @example false
   */
  available: boolean;
}

/** The new address of an account. */
export class ConfirmedEmailAnswer {
  /**
   * The new e-mail address.
   * @example "ada@example.org"
   */
  email: string;
}
