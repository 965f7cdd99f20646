// Generated from openapi.json by generator/generate.js. Do not edit.

export interface AccountView {
  /**
   * The language of mails.
   *
   * @example en
   */
  language: Language;
  /**
   * The number of the account.
   *
   * @example 61
   */
  id: number;
  /**
   * The username.
   *
   * @example Ada
   */
  username: string;
  /**
   * The username in lower case, by which it is compared.
   *
   * @example ada
   */
  lusername: string;
  /**
   * The e-mail address.
   *
   * @example ada@example.org
   */
  email: string;
  /** The role, which determines the level. */
  role: Role;
  /**
   * The status: 1 active, 0 not confirmed yet, -1 disabled, -2 blocked.
   *
   * @example 1
   */
  status: number;
  /**
   * The version of the terms that the person agreed to; 0 means none.
   *
   * @example 1
   */
  consent: number;
  /**
   * When the account was created.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  createdAt: string;
  /**
   * When the account was last changed.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  updatedAt: string;
  /**
   * The latest login; `null` before the first.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  lastSignIn: string | null;
}

export interface SignedInView {
  /** The account; `null` without a session. */
  account: AccountView | null;
  /**
   * What people call the OpenID provider that they can sign in with; `null` if the server has none.
   *
   * @example Example SSO
   */
  providerName: string | null;
}

export interface LoginBody {
  /**
   * The user name or the e-mail address.
   *
   * @example admin
   */
  username: string;
  /**
   * The password.
   *
   * @example correct horse battery
   */
  password: string;
}

export interface ConsoleSessionView {
  /**
   * The lifetime of the session, in seconds.
   *
   * @example 3600
   */
  expiresIn: number;
}

export interface LoginSecondStepBody {
  /**
   * The challenge from the answer to the login.
   *
   * @example o1b5Zk0mYqYbR3J8k2hVw4Xc7TnD6uGsLePfAiNzQyE
   */
  challenge: string;
  /**
   * The six digits that the authenticator app shows.
   *
   * @example 492039
   */
  code?: string;
  /**
   * A recovery code, in any letter case, with or without hyphens.
   *
   * @example 7K3WM-0Q9TZ-XR2AF-5HJ8C-B4N6E
   */
  recoveryCode?: string | null;
  /**
   * What the browser answers to `passkeyOptions`: `AuthenticationResponseJSON` of WebAuthn, as `PublicKeyCredential.toJSON()` returns it.
   */
  passkey?: Record<string, unknown> | null;
}

export interface CompleteSignInBody {
  /**
   * The query of the URL that the provider has redirected the browser to, as it is.
   *
   * @example code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkj
   */
  query: string;
}

export interface JobView {
  /**
   * The name of the job.
   *
   * @example key_expiry
   */
  name: string;
  /**
   * A cron expression; `null` for a job that isn't scheduled.
   *
   * @example 15 * * * *
   */
  schedule: string | null;
  /** Whether an instance is running the job. */
  isRunning: boolean;
  /**
   * When the latest run started; `null` before the first.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  lastStartedAt: string | null;
  /**
   * When the latest run ended; `null` before the first has ended.
   *
   * @example 2026-11-21T13:30:01.200Z
   */
  lastFinishedAt: string | null;
  /** `stopped` means that the run was interrupted by the stop of its server; the next run continues it. */
  lastOutcome: JobOutcome | null;
  /** The number of items that the latest run processed, by action. */
  lastCounts: Record<string, number>;
}

export interface JobsView {
  /** The jobs, by name. */
  items: JobView[];
}

export interface JobRunView {
  /** Whether nothing was changed. */
  dryRun: boolean;
  /**
   * `failed` if the run met an error, which the server's log names; `stopped` if the server was stopped.
   */
  outcome: JobOutcome;
  /** The number of items that were processed, or would be, by action. */
  counts: Record<string, number>;
  /** The ids of the first of these items, by action. */
  examples: Record<string, string[]>;
  /**
   * How long the run took, in milliseconds.
   *
   * @example 12
   */
  durationMs: number;
}

export interface IdlePolicyView {
  /**
   * Days without use or change after which you are notified of an idle key; 0 is never.
   *
   * @example 90
   */
  idleAfterDays: number;
  /**
   * Days without use or change after which an idle key is disabled; 0 is never.
   *
   * @example 120
   */
  disableAfterDays: number;
  /**
   * Days without use or change after which an idle key is deleted; 0 is never.
   *
   * @example 180
   */
  deleteAfterDays: number;
}

export interface UpdateIdlePolicyBody {
  /**
   * Days without use or change after which you are notified of an idle key; 0 is never.
   *
   * @example 90
   */
  idleAfterDays?: number | null;
  /**
   * Days after which an idle key is disabled, more than until the notification; 0 is never.
   *
   * @example 120
   */
  disableAfterDays?: number | null;
  /**
   * Days after which an idle key is deleted, more than until it is disabled; 0 is never.
   *
   * @example 180
   */
  deleteAfterDays?: number | null;
}

export interface InviteMerchantBody {
  /**
   * The address to mail the link to; optional.
   *
   * @example owner@shop.example
   */
  email?: string;
}

export interface InvitationView {
  /**
   * The signup link, valid once until it expires, for anyone who has it.
   *
   * @example http://127.0.0.1:3000/api/v1/merchants/signup?token=3b1f0a
   */
  signupLink: string;
  /**
   * The validity of the link, in seconds.
   *
   * @example 7200
   */
  expiresIn: number;
}

export interface OrganizationBody {
  /**
   * The registered name of the company, 1 to 200 characters.
   *
   * @example Example Shop Ltd
   */
  legalBusinessName: string;
  /**
   * The name that the company trades under, 1 to 200 characters.
   *
   * @example Example Shop
   */
  tradingName?: string;
  /**
   * The number in the commercial register, 1 to 50 characters.
   *
   * @example HRB 12345
   */
  registrationNumber?: string;
  /**
   * The tax number, 1 to 50 characters.
   *
   * @example DE123456789
   */
  taxNumber?: string;
  /**
   * Two letters (ISO 3166-1).
   *
   * @example DE
   */
  country?: string;
  /**
   * The URL of the website, http or https, up to 250 characters.
   *
   * @example https://shop.example
   */
  website?: string;
  /**
   * The postal address, 1 to 250 characters.
   *
   * @example 1 Market Street, Springfield
   */
  address?: string;
}

export interface AdminBody {
  /**
   * The e-mail address, which is also the username.
   *
   * @example owner@shop.example
   */
  email: string;
  /**
   * The password: 16 to 32 characters.
   *
   * @example correct horse battery
   */
  password: string;
  /**
   * The first name, 1 to 100 characters.
   *
   * @example Ada
   */
  firstName: string;
  /**
   * The last name, 1 to 100 characters.
   *
   * @example Lovelace
   */
  lastName: string;
}

export interface SignUpMerchantBody {
  /** The company. */
  organization: OrganizationBody;
  /** The merchant's first member. */
  admin: AdminBody;
}

export interface CreatedMerchantView {
  /**
   * The id of the merchant.
   *
   * @example 5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11
   */
  id: string;
  /**
   * The id on the clients surface: eight digits.
   *
   * @example 17765423
   */
  clientId: string;
  /**
   * The name of the merchant.
   *
   * @example Example Shop Ltd
   */
  name: string;
  /**
   * When the merchant was created.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  createdAt: string;
}

export interface MerchantView {
  /**
   * The id of the merchant.
   *
   * @example 5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11
   */
  id: string;
  /**
   * The id on the clients surface: eight digits.
   *
   * @example 17765423
   */
  clientId: string;
  /**
   * The name of the merchant.
   *
   * @example Example Shop Ltd
   */
  name: string;
  /**
   * When the merchant was created.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  createdAt: string;
  /** While the status is `blocked` or `deleting`, none of the merchant's tokens and keys is accepted. */
  status: MerchantStatus;
  /**
   * The scopes that the merchant was given, beyond which none of its keys goes; `*` alone for every scope.
   */
  scopes: string[];
  /** Details that the merchant gave when it signed up. */
  details: Record<string, unknown>;
  /**
   * When the merchant was last changed.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  updatedAt: string;
}

export interface MerchantPage {
  /** The merchants on this page. */
  items: MerchantView[];
  /**
   * The page, from 1.
   *
   * @example 1
   */
  page: number;
  /**
   * Items per page.
   *
   * @example 20
   */
  limit: number;
  /**
   * The number of items on all pages.
   *
   * @example 1
   */
  totalItems: number;
  /**
   * The number of pages.
   *
   * @example 1
   */
  totalPages: number;
  /** Whether there is a page before this one. */
  hasPreviousPage: boolean;
  /** Whether there is a page after this one. */
  hasNextPage: boolean;
}

export interface MerchantDetailsBody {
  /**
   * The name that the company trades under, 1 to 200 characters.
   *
   * @example Example Shop
   */
  tradingName?: string;
  /**
   * The number in the commercial register, 1 to 50 characters.
   *
   * @example HRB 12345
   */
  registrationNumber?: string;
  /**
   * The tax number, 1 to 50 characters.
   *
   * @example DE123456789
   */
  taxNumber?: string;
  /**
   * Two letters (ISO 3166-1).
   *
   * @example DE
   */
  country?: string;
  /**
   * The URL of the website, http or https, up to 250 characters.
   *
   * @example https://shop.example
   */
  website?: string;
  /**
   * The postal address, 1 to 250 characters.
   *
   * @example 1 Market Street, Springfield
   */
  address?: string;
}

export interface DescribeMerchantBody {
  /**
   * The new name, 1 to 200 characters.
   *
   * @example Example Shop Ltd
   */
  name?: string;
  /** The details to change. `null` removes a detail; what is not named stays as it is. */
  details?: MerchantDetailsBody;
}

export interface UpdateMerchantBody {
  /**
   * The new name, 1 to 200 characters.
   *
   * @example Example Shop Ltd
   */
  name?: string;
  /** The details to change. `null` removes a detail; what is not named stays as it is. */
  details?: MerchantDetailsBody;
  /** `blocked` refuses the merchant's tokens and keys at once; `active` restores them. */
  status?: UpdateMerchantStatus;
  /**
   * The scopes beyond which none of the merchant's keys goes. A scope may end in `*`; `*` alone, or `null`, stands for every scope.
   */
  scopes?: string[] | null;
}

export interface InviteMemberBody {
  /**
   * The e-mail address, which is also the username.
   *
   * @example dev@shop.example
   */
  email: string;
  /**
   * The role, not above your own.
   *
   * @example readOnly
   */
  role: Role;
}

export interface InvitedMemberView {
  /**
   * The invitation link, valid once and for a week. It is also sent by mail.
   *
   * @example http://127.0.0.1:3000/api/v1/members/signup?token=3b1f0a
   */
  signupLink: string;
  /**
   * The id of the member.
   *
   * @example 0b0a5c0e-7c3e-4f63-9d1b-9f0a4f6a2f10
   */
  id: string;
  /**
   * The e-mail address.
   *
   * @example dev@shop.example
   */
  email: string;
  /**
   * The role, which determines the level.
   *
   * @example user
   */
  role: string;
  /**
   * Whether the member is `active`, still `invited`, or `disabled`.
   *
   * @example active
   */
  status: MemberStatus;
  /**
   * When the member was invited or created.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  createdAt: string;
}

export interface SignUpMemberBody {
  /**
   * The password: 16 to 32 characters.
   *
   * @example correct horse battery
   */
  password: string;
  /**
   * The first name, 1 to 100 characters.
   *
   * @example Ada
   */
  firstName: string;
  /**
   * The last name, 1 to 100 characters.
   *
   * @example Lovelace
   */
  lastName: string;
}

export interface SignedUpMemberView {
  /**
   * The id of the member.
   *
   * @example 0b0a5c0e-7c3e-4f63-9d1b-9f0a4f6a2f10
   */
  id: string;
  /**
   * The e-mail address.
   *
   * @example dev@shop.example
   */
  email: string;
  /**
   * The role, which determines the level.
   *
   * @example user
   */
  role: string;
  /**
   * Whether the member is `active`, still `invited`, or `disabled`.
   *
   * @example active
   */
  status: MemberStatus;
  /**
   * When the member was invited or created.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  createdAt: string;
}

export interface MemberView {
  /**
   * The id of the member.
   *
   * @example 0b0a5c0e-7c3e-4f63-9d1b-9f0a4f6a2f10
   */
  id: string;
  /**
   * The e-mail address.
   *
   * @example dev@shop.example
   */
  email: string;
  /**
   * The role, which determines the level.
   *
   * @example user
   */
  role: string;
  /**
   * Whether the member is `active`, still `invited`, or `disabled`.
   *
   * @example active
   */
  status: MemberStatus;
  /**
   * When the member was invited or created.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  createdAt: string;
  /**
   * The username.
   *
   * @example dev@shop.example
   */
  username: string;
  /**
   * The first name; `null` until the member has signed up.
   *
   * @example Ada
   */
  firstName: string | null;
  /**
   * The last name; `null` until the member has signed up.
   *
   * @example Lovelace
   */
  lastName: string | null;
  /**
   * The id of the merchant that the member belongs to.
   *
   * @example 5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11
   */
  merchantId: string;
  /**
   * The latest login; `null` before the first.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  lastLoginAt: string | null;
}

export interface MemberPage {
  /** The members on this page. */
  items: MemberView[];
  /**
   * The page, from 1.
   *
   * @example 1
   */
  page: number;
  /**
   * Items per page.
   *
   * @example 20
   */
  limit: number;
  /**
   * The number of items on all pages.
   *
   * @example 1
   */
  totalItems: number;
  /**
   * The number of pages.
   *
   * @example 1
   */
  totalPages: number;
  /** Whether there is a page before this one. */
  hasPreviousPage: boolean;
  /** Whether there is a page after this one. */
  hasNextPage: boolean;
}

export interface SignUpBody {
  /**
   * The e-mail address, to which the confirmation is sent.
   *
   * @example ada@example.org
   */
  email: string;
  /** The language of mails. */
  language: Language;
  /** Returns the confirmation id in the response, if `ALLOW_UNITTEST_SIGNUP` is set. */
  unittest?: SignUpUnittest;
}

export interface SignUpAnswer {
  /**
   * The e-mail address, in lower case.
   *
   * @example ada@example.org
   */
  email: string;
  /**
   * The confirmation id, for tests only.
   *
   * @example 3b1f0a5c7e9b1d2f4a6c8e0f3a5c7e9b1d2f4a6c8e0f3a5c
   */
  confirmation?: string;
}

export interface RecoverBody {
  /**
   * The e-mail address of the account.
   *
   * @example ada@example.org
   */
  email: string;
}

export interface RecoverAnswer {
  /**
   * The e-mail address of the request.
   *
   * @example ada@example.org
   */
  email: string;
}

export interface NewPasswordBody {
  /**
   * The password: 8 to 200 characters, 12 or more from level 4.
   *
   * @example correct horse battery
   */
  password: string;
}

export interface ConfirmedEmailAnswer {
  /**
   * The new e-mail address.
   *
   * @example ada@example.org
   */
  email: string;
}

export interface AccountAnswer {
  /** The account. */
  account: AccountView;
}

export interface UpdateAccountBody {
  /**
   * The username: 2 to 50 characters, without spaces and @, not a number.
   *
   * @example ada
   */
  username?: string;
  /** The language of mails. */
  language?: Language;
  /**
   * The password: 8 to 200 characters, 12 or more from level 4. It ends all other sessions. A key cannot change it.
   *
   * @example correct horse battery
   */
  password?: string;
  /**
   * The current password, which a new password or e-mail address requires once the account has one.
   *
   * @example correct horse battery
   */
  currentPassword?: string;
  /**
   * The version of the terms that the person agrees to; 0 withdraws the consent and revokes all personal keys for good.
   *
   * @example 1
   */
  consent?: number;
  /**
   * The e-mail address, which changes when the link mailed to the new address is followed. A key cannot change it.
   *
   * @example ada@example.org
   */
  email?: string;
}

export interface AvailableUsernameBody {
  /**
   * The username to look up.
   *
   * @example ada
   */
  username: string;
}

export interface TakenUsernameAnswer {
  /**
   * The username that was looked up.
   *
   * @example ada
   */
  username: string;
  /**
   * Always `false`: a username that nobody has is answered with 404.
   *
   * @example false
   */
  available: boolean;
}

export interface SignInPolicyView {
  /**
   * Whether each member needs a second factor. A member without one can log in, but do nothing except set one up.
   *
   * @example true
   */
  requireSecondFactor: boolean;
}

export interface UpdateSignInPolicyBody {
  /**
   * Whether each member needs a second factor.
   *
   * @example false
   */
  requireSecondFactor: boolean;
}

export interface ClientUserView {
  /**
   * The id of the account.
   *
   * @example 0b0a5c0e-7c3e-4f63-9d1b-9f0a4f6a2f10
   */
  id: string;
  /**
   * The client's eight-digit id.
   *
   * @example 17765423
   */
  client_id: string;
  /**
   * The username.
   *
   * @example admin
   */
  username: string;
  /**
   * The e-mail address.
   *
   * @example admin@localhost
   */
  email: string;
  /**
   * The role, which determines the level.
   *
   * @example admin
   */
  role: string;
  /**
   * Always 1: a disabled account cannot log in.
   *
   * @example 1
   */
  is_active: number;
  /** Always null. */
  msisdn: string | null;
  /**
   * When the account was created.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  created_at: string;
  /**
   * When the account was last changed.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  updated_at: string;
  /**
   * Always null: a deleted account cannot log in.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  deleted_at: string | null;
}

export interface ClientLoginView {
  /**
   * The login token, for `Authorization: Bearer`.
   *
   * @example eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.sIgNaTuRe
   */
  token: string;
  /** The account that has logged in. */
  user: ClientUserView;
}

export interface MerchantLoginView {
  /**
   * The login token, for `Authorization: Bearer`.
   *
   * @example eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.sIgNaTuRe
   */
  accessToken: string;
  /** How the token is sent: as `Authorization: Bearer`. */
  tokenType: 'Bearer';
  /**
   * The lifetime of the token, in seconds.
   *
   * @example 3600
   */
  expiresIn: number;
}

export interface AccountLoginBody {
  /**
   * The username, the e-mail address, in any case, or the number of the account.
   *
   * @example admin
   */
  username?: string;
  /** The e-mail address. */
  email?: string;
  /** The account's number. */
  id?: string;
  /**
   * The password.
   *
   * @example correct horse battery
   */
  password: string;
}

export interface AccountLoginAnswer {
  /**
   * The login token, for `Authorization: Bearer`.
   *
   * @example eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.sIgNaTuRe
   */
  token: string;
  /** The account that has logged in. */
  account: AccountView;
}

export interface ConfirmSignUpBody {
  /**
   * The version of the terms that the person agrees to, 1 or more.
   *
   * @example 1
   */
  consent: number;
  /**
   * The password: 12 to 200 characters. Without one, the account has none until it sets one with `PATCH /account/jwt`.
   *
   * @example correct horse battery
   */
  password?: string;
}

export interface OidcProviderView {
  /**
   * What people call it.
   *
   * @example Example SSO
   */
  name: string;
  /**
   * The path at which a browser begins to sign in.
   *
   * @example /api/v1/auth/oidc/login
   */
  loginPath: string;
}

export interface TotpView {
  /**
   * When its first code was accepted.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  createdAt: string;
}

export interface PasskeyView {
  /**
   * The id of the passkey: a SHA-256 digest, in hex.
   *
   * @example 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
   */
  id: string;
  /**
   * The name by which its owner knows it.
   *
   * @example Office key
   */
  name: string;
  /**
   * When the passkey was registered.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  createdAt: string;
  /**
   * The latest login with it; `null` before the first.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  lastUsedAt: string | null;
}

export interface SecondFactorView {
  /** Whether the account must have a second factor: its merchant or the operator demands it. */
  isDemanded: boolean;
  /** The authenticator app; `null` if there is none. */
  totp: TotpView | null;
  /** The passkeys. */
  passkeys: PasskeyView[];
  /**
   * The number of recovery codes that have not been used.
   *
   * @example 10
   */
  recoveryCodesLeft: number;
}

export interface OwnerBody {
  /**
   * The current password, which is required once the account has one.
   *
   * @example correct horse battery
   */
  currentPassword?: string;
}

export interface NewTotpView {
  /**
   * The secret, in base 32.
   *
   * @example JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP
   */
  secret: string;
  /**
   * The same as a URI, for a QR code.
   *
   * @example otpauth://totp/Keywright:ada?issuer=Keywright&secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&algorithm=SHA1&digits=6&period=30
   */
  uri: string;
}

export interface ConfirmTotpBody {
  /**
   * The six digits that the app shows.
   *
   * @example 492039
   */
  code: string;
}

export interface ConfirmedTotpView {
  /**
   * If it is the first second factor: recovery codes, in this answer only. Each replaces a second factor once. Otherwise `null`.
   */
  recoveryCodes: string[] | null;
}

export interface RecoveryCodesView {
  /** Each code replaces a second factor once. */
  recoveryCodes: string[];
}

export interface PasskeyOptionsView {
  /** The argument of `PublicKeyCredential.parseCreationOptionsFromJSON()`. */
  publicKey: Record<string, unknown>;
}

export interface CreatePasskeyBody {
  /**
   * A name by which you know it: 1 to 100 characters.
   *
   * @example Office key
   */
  name: string;
  /**
   * What the browser answers to the options: `RegistrationResponseJSON` of WebAuthn, as `PublicKeyCredential.toJSON()` returns it.
   */
  response: Record<string, unknown>;
}

export interface NewPasskeyView {
  /**
   * The id of the passkey: a SHA-256 digest, in hex.
   *
   * @example 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
   */
  id: string;
  /**
   * The name by which its owner knows it.
   *
   * @example Office key
   */
  name: string;
  /**
   * When the passkey was registered.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  createdAt: string;
  /**
   * The latest login with it; `null` before the first.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  lastUsedAt: string | null;
  /**
   * If it is the first second factor: recovery codes, in this answer only. Each replaces a second factor once. Otherwise `null`.
   */
  recoveryCodes: string[] | null;
}

export interface AccountSecondStepBody {
  /**
   * The challenge from the answer to the login.
   *
   * @example o1b5Zk0mYqYbR3J8k2hVw4Xc7TnD6uGsLePfAiNzQyE
   */
  challenge: string;
  /**
   * The six digits that the authenticator app shows.
   *
   * @example 492039
   */
  code?: string;
  /**
   * A recovery code, in any letter case, with or without hyphens.
   *
   * @example 7K3WM-0Q9TZ-XR2AF-5HJ8C-B4N6E
   */
  recoveryCode?: string | null;
  /**
   * What the browser answers to `passkeyOptions`: `AuthenticationResponseJSON` of WebAuthn, as `PublicKeyCredential.toJSON()` returns it.
   */
  passkey?: Record<string, unknown> | null;
}

export interface SessionView {
  /**
   * The id of the session.
   *
   * @example 4c0f4f0e-58a4-4b51-9a3c-2f1f5d1f7c11
   */
  id: string;
  /**
   * The time of the login.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  createdAt: string;
  /**
   * The time of the latest request, to the minute.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  lastSeenAt: string;
  /**
   * The time at which its login token expires.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  expiresAt: string;
  /**
   * The address of the latest request.
   *
   * @example 203.0.113.7
   */
  address: string | null;
  /**
   * The `User-Agent` that logged in.
   *
   * @example Mozilla/5.0
   */
  userAgent: string | null;
  /** Whether it is the session of this request. */
  isCurrent: boolean;
}

export interface SessionPage {
  /** The sessions on this page. */
  items: SessionView[];
  /**
   * The page, from 1.
   *
   * @example 1
   */
  page: number;
  /**
   * Items per page.
   *
   * @example 20
   */
  limit: number;
  /**
   * The number of items on all pages.
   *
   * @example 1
   */
  totalItems: number;
  /**
   * The number of pages.
   *
   * @example 1
   */
  totalPages: number;
  /** Whether there is a page before this one. */
  hasPreviousPage: boolean;
  /** Whether there is a page after this one. */
  hasNextPage: boolean;
}

export interface ServiceView {
  /**
   * A token that names the service (HS256, claims `serviceId`, `iat`, `exp`).
   *
   * @example eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.sIgNaTuRe
   */
  SERVICE_ID: string;
}

export interface CreateApplicationBody {
  /**
   * The name, unique within your merchant, 1 to 100 characters.
   *
   * @example UK store
   */
  name: string;
  /**
   * What the application is for, 1 to 250 characters.
   *
   * @example The web shop in the United Kingdom
   */
  description?: string | null;
  /**
   * The environment, which shows in the prefix of the application's keys: `ks_live_…` or `ks_test_…`. By default `live`.
   */
  environment?: Environment;
}

export interface ApplicationView {
  /**
   * The id of the application.
   *
   * @example 5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11
   */
  id: string;
  /**
   * The name, unique within its merchant.
   *
   * @example UK store
   */
  name: string;
  /**
   * What the application is for; `null` for no description.
   *
   * @example The web shop in the United Kingdom
   */
  description: string | null;
  /** Whether the application's keys are accepted. */
  isEnabled: boolean;
  /** Shows in the prefix of the application's keys: `ks_live_…` or `ks_test_…`. */
  environment: Environment;
  /**
   * When the application was created.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  createdAt: string;
}

export interface ApplicationPage {
  /** The applications on this page. */
  items: ApplicationView[];
  /**
   * The page, from 1.
   *
   * @example 1
   */
  page: number;
  /**
   * Items per page.
   *
   * @example 20
   */
  limit: number;
  /**
   * The number of items on all pages.
   *
   * @example 1
   */
  totalItems: number;
  /**
   * The number of pages.
   *
   * @example 1
   */
  totalPages: number;
  /** Whether there is a page before this one. */
  hasPreviousPage: boolean;
  /** Whether there is a page after this one. */
  hasNextPage: boolean;
}

export interface UpdateApplicationBody {
  /**
   * The name, unique within your merchant, 1 to 100 characters.
   *
   * @example UK store
   */
  name?: string;
  /**
   * What the application is for, 1 to 250 characters; `null` removes it.
   *
   * @example The web shop in the United Kingdom
   */
  description?: string | null;
}

export interface UpdateApplicationStatusBody {
  /**
   * With `false`, all keys of the application are refused at once. With `true`, they are accepted again.
   */
  isEnabled: boolean;
}

export interface CreateClientKeyBody {
  /**
   * A valid Service ID of the client. It can be used for any number of keys until it expires.
   *
   * @example eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.sIgNaTuRe
   */
  service_id: string;
  /**
   * The number of seconds until the key expires, up to a year or the maximum of the key policy. Without it, the key expires as the key policy says, by default never.
   *
   * @example 2592000
   */
  expires_in?: number;
}

export interface CreatedClientKeyView {
  /**
   * The id of the key.
   *
   * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
   */
  id: string;
}

export interface ClientKeyView {
  /**
   * Identifies the key in other calls. It is not a credential.
   *
   * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
   */
  id: string;
  /**
   * The client's eight-digit id.
   *
   * @example 17765423
   */
  client_id: string;
  /**
   * The public part of the credential.
   *
   * @example 2e74ce662e74ce662e74
   */
  apikey: string;
  /**
   * The secret part of the credential. It is masked with asterisks if the key's level exceeds the caller's, and for every caller if
   * `REVEAL_CLIENT_SECRETS` is `false`.
   *
   * @example 6f4eaa0705b12dcd6a0a776f4eaa0705b12dcd6a0a776f4eaa0705b12dcd6a0a
   */
  apisecret: string;
  /** The scopes that the key is restricted to, separated by spaces; `null` means no restriction. */
  scopes: string | null;
  /**
   * Whether the key is accepted: 1 if it is, 0 if it is disabled or has expired.
   *
   * @example 1
   */
  is_active: number;
  /**
   * When the key was created.
   *
   * @example 2026-11-21T07:59:37.000Z
   */
  created_at: string;
  /**
   * When the key was last changed.
   *
   * @example 2026-11-21T07:59:37.000Z
   */
  updated_at: string;
  /**
   * When the key expires; `null` means never.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  expires_at: string | null;
  /**
   * When the key was last verified successfully; `null` means never.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  last_used_at: string | null;
}

export interface DeleteClientKeysBody {
  /** The ids of 1 to 100 keys; duplicates count once. */
  api_key_ids: string[];
}

export interface DeletedKeyView {
  /**
   * The id of the key.
   *
   * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
   */
  deleted_id: string;
  /**
   * When the key was deleted.
   *
   * @example 2026-11-21T12:00:00.000Z
   */
  deleted_at: string;
}

export interface UndeletedKeyView {
  /**
   * The id of the key.
   *
   * @example a1b2c3d4-e5f6-4890-abcd-ef1234567890
   */
  id: string;
  /**
   * The HTTP status that deleting this key alone would return.
   *
   * @example 404
   */
  status: number;
  /**
   * Why the key was not deleted.
   *
   * @example API Key not found
   */
  message: string;
}

export interface DeletedKeysView {
  /** The keys that were deleted. */
  deleted: DeletedKeyView[];
  /** The keys that were not deleted. */
  failed: UndeletedKeyView[];
}

export interface KeyInUseView {
  /**
   * The level of the key, 0 to 8.
   *
   * @example 4
   */
  level: number;
  /**
   * When the key was created.
   *
   * @example 2026-11-21T14:57:30.190Z
   */
  createdAt: string;
  /**
   * When the key expires; `null` means never, which is possible only for keys of other surfaces.
   *
   * @example 2026-11-21T15:57:30.190Z
   */
  expiresAt: string | null;
  /**
   * The name of the key.
   *
   * @example My first API key
   */
  name: string;
  /**
   * The id of the account that created the key.
   *
   * @example 61
   */
  userId: number;
  /**
   * The public part of the key, which is the user name in HTTP Basic.
   *
   * @example 2e74ce662e74ce662e74
   */
  key: string;
}

export interface KeyInUseAnswer {
  /** The key. */
  apikey: KeyInUseView;
}

export interface KeyPolicyRulesView {
  /**
   * The longest time from the issue of a full key to its expiry, in seconds; `null` for no maximum. With a maximum, every key must expire.
   *
   * @example 7776000
   */
  maxLifeSeconds: number | null;
  /**
   * The time after which a new key expires whose creator sets no expiry, in seconds; `null` for never.
   *
   * @example 2592000
   */
  defaultLifeSeconds: number | null;
  /**
   * Whether every key must expire.
   *
   * @example true
   */
  expiryRequired: boolean;
}

export interface KeyPolicyView {
  /** What the merchant has set itself. */
  own: KeyPolicyRulesView;
  /** What the operator of this server has set for every merchant. */
  operator: KeyPolicyRulesView;
  /**
   * The number of existing keys that live longer than the policy allows; they stay as they are, and `exceedsPolicy=true` lists them. `null` for
   * a merchant with more than 10,000 keys.
   *
   * @example 3
   */
  exceedingKeys: number | null;
  /**
   * The longest time from the issue of a full key to its expiry, in seconds; `null` for no maximum. With a maximum, every key must expire.
   *
   * @example 7776000
   */
  maxLifeSeconds: number | null;
  /**
   * The time after which a new key expires whose creator sets no expiry, in seconds; `null` for never.
   *
   * @example 2592000
   */
  defaultLifeSeconds: number | null;
  /**
   * Whether every key must expire.
   *
   * @example true
   */
  expiryRequired: boolean;
}

export interface UpdateKeyPolicyBody {
  /**
   * The longest time from the issue of a full key to its expiry, in seconds, up to ten years; `null` leaves it to the operator.
   *
   * @example 7776000
   */
  maxLifeSeconds?: number | null;
  /**
   * The time after which a new key expires whose creator sets no expiry, in seconds, no more than the maximum; `null` leaves it to the
   * operator.
   *
   * @example 2592000
   */
  defaultLifeSeconds?: number | null;
  /**
   * Whether every key must expire; `false` leaves it to the operator.
   *
   * @example true
   */
  expiryRequired?: boolean;
}

export interface CreatePersonalKeyBody {
  /**
   * The name of the key.
   *
   * @example My first API key
   */
  name: string;
  /**
   * The level of the key, 0 to 8, which bounds what it may do. It must not exceed your own.
   *
   * @example 4
   */
  level: number;
  /**
   * The number of seconds until the key expires, up to a year or the maximum of the key policy.
   *
   * @example 3600
   */
  expiresIn: number;
}

export interface CreatedPersonalKeyView {
  /**
   * The secret, which is the password in HTTP Basic. Save it: it is never shown again.
   *
   * @example 503d7adbdb3ec18ab27adfcd895d8b47a8d6bc8307d548500fbf9c05a5a8820e
   */
  secret: string;
  /**
   * The id of the key, which is used in paths and as the user name in HTTP Basic.
   *
   * @example 7ea12968-7758-40b6-8c73-75cc99be762b
   */
  key: string;
  /**
   * The level of the key, 0 to 8.
   *
   * @example 4
   */
  level: number;
  /**
   * When the key was created.
   *
   * @example 2026-11-21T14:57:30.190Z
   */
  createdAt: string;
  /**
   * When the key expires; `null` means never, which is possible only for keys of other surfaces.
   *
   * @example 2026-11-21T15:57:30.190Z
   */
  expiresAt: string | null;
  /**
   * The name of the key.
   *
   * @example My first API key
   */
  name: string;
  /**
   * The id of the account that created the key.
   *
   * @example 61
   */
  userId: number;
}

export interface CreatedPersonalKeyAnswer {
  /** The key, with its secret. */
  apikey: CreatedPersonalKeyView;
}

export interface ListedPersonalKeyView {
  /**
   * The same as `key`.
   *
   * @example 7ea12968-7758-40b6-8c73-75cc99be762b
   */
  id: string;
  /**
   * The id of the key, which is used in paths and as the user name in HTTP Basic.
   *
   * @example 7ea12968-7758-40b6-8c73-75cc99be762b
   */
  key: string;
  /**
   * The level of the key, 0 to 8.
   *
   * @example 4
   */
  level: number;
  /**
   * When the key was created.
   *
   * @example 2026-11-21T14:57:30.190Z
   */
  createdAt: string;
  /**
   * When the key expires; `null` means never, which is possible only for keys of other surfaces.
   *
   * @example 2026-11-21T15:57:30.190Z
   */
  expiresAt: string | null;
  /**
   * The name of the key.
   *
   * @example My first API key
   */
  name: string;
  /**
   * The id of the account that created the key.
   *
   * @example 61
   */
  userId: number;
}

export interface PersonalKeysAnswer {
  /** The personal keys of the account. */
  apikeys: ListedPersonalKeyView[];
}

export interface PersonalKeyView {
  /**
   * The id of the key, which is used in paths and as the user name in HTTP Basic.
   *
   * @example 7ea12968-7758-40b6-8c73-75cc99be762b
   */
  key: string;
  /**
   * The level of the key, 0 to 8.
   *
   * @example 4
   */
  level: number;
  /**
   * When the key was created.
   *
   * @example 2026-11-21T14:57:30.190Z
   */
  createdAt: string;
  /**
   * When the key expires; `null` means never, which is possible only for keys of other surfaces.
   *
   * @example 2026-11-21T15:57:30.190Z
   */
  expiresAt: string | null;
  /**
   * The name of the key.
   *
   * @example My first API key
   */
  name: string;
  /**
   * The id of the account that created the key.
   *
   * @example 61
   */
  userId: number;
}

export interface PersonalKeyAnswer {
  /** The key. */
  apikey: PersonalKeyView;
}

export interface RateLimitBody {
  /**
   * The number of requests per window.
   *
   * @example 100
   */
  limit: number;
  /**
   * The length of the window in seconds, up to a day.
   *
   * @example 60
   */
  windowSeconds: number;
}

export interface QuotaBody {
  /**
   * The number of requests per period.
   *
   * @example 100000
   */
  limit: number;
  /** The period, which begins at midnight UTC: a calendar day, or a calendar month. */
  period: QuotaPeriod;
}

export interface CreateApplicationKeyBody {
  /**
   * What the key is for, 1 to 50 characters.
   *
   * @example Production API key for checkout service
   */
  description: string;
  /**
   * The level of the key, 0 to 8, which bounds what it may do. It must not exceed your own.
   *
   * @example 4
   */
  level?: number;
  /**
   * The scopes that the key is restricted to. A scope consists of names separated by colons, the last of which may be `*`. `null` means no
   * restriction.
   */
  scopes?: string[] | null;
  /**
   * The number of seconds until the key expires, up to ten years or the maximum of the key policy. The default for a new key is the default
   * of the key policy.
   *
   * @example 2592000
   */
  expiresInSeconds?: number;
  /**
   * When the key expires, as an alternative to `expiresInSeconds`; `null` means never. A date alone means its last moment (UTC).
   *
   * @example 2036-01-01T00:00:00Z
   */
  expiresAt?: string | null;
  /**
   * Your own id for what the key stands for, such as one of your customers: a text of up to 255 characters. `null` means none. Several keys
   * may have the same. Lists find keys by it, and a verification returns it.
   *
   * @example cus_9s6XKzkNRiz8i3
   */
  externalId?: string | null;
  /**
   * Whether the key may rotate itself, by `POST /api/v1/keys/rotate` with its full key as the credential. The default for a new key is `false`.
   *
   * @example true
   */
  selfRotate?: boolean;
  /**
   * Your own data about the key: an object of up to 4096 bytes as JSON. `null` means none. A verification returns it.
   */
  metadata?: Record<string, unknown> | null;
  /**
   * The rate limit of the key; `null` means no limit. A shorthand for `rateLimits` with one limit, which it excludes.
   */
  rateLimit?: RateLimitBody | null;
  /**
   * One to four rate limits of the key, each of another window; `null` means no limit. All of them must admit a request, and one that any of
   * them refuses uses up none.
   */
  rateLimits?: RateLimitBody[] | null;
  /** The quota of the key; `null` means no limit. */
  quota?: QuotaBody | null;
  /** The addresses and networks (CIDR) that the key may be used from; `null` means any. */
  allowedIps?: string[] | null;
}

export interface CreatedApplicationKeyView {
  /**
   * The id of the key.
   *
   * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
   */
  id: string;
  /**
   * The id of the application that the key belongs to; `null` for a key of the merchant itself.
   *
   * @example 5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11
   */
  applicationId: string | null;
  /**
   * The full key, to be sent in `Authorization: Bearer`. Save it: it is never shown again. `null` in a response with the header `replayed`.
   *
   * @example ks_live_abc1XYZabc1XYZabSecretSecretSecretSecretSecre0CHECK
   */
  fullKey: string | null;
  /**
   * The first 12 characters of the full key, which help to tell keys apart.
   *
   * @example ks_live_abc1
   */
  keyPrefix: string;
  /**
   * What the key is for.
   *
   * @example Production API key for checkout service
   */
  description: string;
  /**
   * When the key was created.
   *
   * @example 2026-02-23T13:30:00.000Z
   */
  createdAt: string;
  /** The environment of the key. Present only if the request set it. */
  environment?: Environment;
  /** The level of the key. Present only if the request set it. */
  level?: number;
  /** The scopes that the key is restricted to. Present only if the request set them. */
  scopes?: string[] | null;
  /**
   * When the key expires; `null` means never. Present if the key expires, or the request set it.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  expiresAt?: string | null;
  /** The rate limit of the key. Present only if the request set it. */
  rateLimit?: RateLimitBody | null;
  /** The rate limits of the key. Present only if the request set them. */
  rateLimits?: RateLimitBody[] | null;
  /** The quota of the key. Present only if the request set it. */
  quota?: QuotaBody | null;
  /** The addresses and networks that the key may be used from. Present only if the request set them. */
  allowedIps?: string[] | null;
  /** Your own id for what the key stands for. Present only if the request set it. */
  externalId?: string | null;
  /** Whether the key may rotate itself. Present only if the request set it. */
  selfRotate?: boolean;
  /** Your own data about the key. Present only if the request set it. */
  metadata?: Record<string, unknown> | null;
}

export interface LastSourceView {
  /**
   * The network of the address: its first 24 bits (IPv4) or 48 bits (IPv6); `null` if the address isn't known.
   *
   * @example 203.0.113.0/24
   */
  network: string | null;
  /**
   * The name of the program, without its version; `null` if it isn't known.
   *
   * @example python-requests
   */
  agent: string | null;
}

export interface PreviousKeyView {
  /**
   * The first 12 characters of the previous full key.
   *
   * @example ks_live_abc1
   */
  keyPrefix: string;
  /**
   * When the previous full key becomes invalid, at the latest.
   *
   * @example 2026-11-28T13:30:00.000Z
   */
  validUntil: string;
  /**
   * When the previous full key was last verified successfully; `null` means never.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  lastUsedAt: string | null;
}

export interface ApplicationKeyView {
  /**
   * The id of the key.
   *
   * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
   */
  id: string;
  /**
   * The id of the application that the key belongs to; `null` for a key of the merchant itself.
   *
   * @example 5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11
   */
  applicationId: string | null;
  /**
   * The first 12 characters of the full key, which help to tell keys apart.
   *
   * @example ks_live_abc1
   */
  keyPrefix: string;
  /**
   * The last four characters of the full key; `null` if they are not known.
   *
   * @example HECK
   */
  lastFour: string | null;
  /**
   * What the key is for.
   *
   * @example Production API key for checkout service
   */
  description: string;
  /**
   * The level of the key, 0 to 8, which bounds what it may do.
   *
   * @example 4
   */
  level: number;
  /** The scopes that the key is restricted to; `null` means no restriction. */
  scopes: string[] | null;
  /** The status of the key. Only an `active` key is accepted. */
  status: KeyStatus;
  /**
   * When the key was created.
   *
   * @example 2026-02-23T13:30:00.000Z
   */
  createdAt: string;
  /**
   * When the key expires; `null` means never.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  expiresAt: string | null;
  /**
   * When the key was last verified successfully; `null` means never.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  lastUsedAt: string | null;
  /**
   * From where the key was last used, of the uses of which that is known; `null` if there are none. It is recorded once a minute while it stays the
   * same.
   */
  lastUsedFrom: LastSourceView | null;
  /** The first of the key's rate limits; `null` means no limit. */
  rateLimit: RateLimitBody | null;
  /** The rate limits of the key, all of which must admit a request; `null` means no limit. */
  rateLimits: RateLimitBody[] | null;
  /** The quota of the key; `null` means no limit. */
  quota: QuotaBody | null;
  /** The addresses and networks (CIDR) that the key may be used from; `null` means any. */
  allowedIps: string[] | null;
  /** Whether the key may rotate itself, by `POST /api/v1/keys/rotate`. */
  selfRotate: boolean;
  /** Your own data about the key; `null` means none. */
  metadata: Record<string, unknown> | null;
  /**
   * Your own id for what the key stands for, such as one of your customers; `null` means none.
   *
   * @example cus_9s6XKzkNRiz8i3
   */
  externalId: string | null;
  /**
   * The id of the member who is responsible for the key since its creator left; `null` if the creator still is. It stays the same if that
   * member is removed without a successor.
   *
   * @example 0b0a5c0e-7c3e-4f63-9d1b-9f0a4f6a2f10
   */
  responsibleId: string | null;
  /**
   * When the full key was first found exposed since it was created or last rotated; `null` means never.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  exposedAt: string | null;
  /**
   * How the exposure was discovered: by a `report`, by `github`, or by a request that sent the full key in its `query` or over plain
   * `http`. `null` if the key is not exposed.
   */
  exposedSource: ExposureSource | null;
  /** The full key before the latest rotation, while it is still valid; otherwise `null`. */
  previousKey: PreviousKeyView | null;
}

export interface ApplicationKeyPage {
  /** The keys on this page. */
  items: ApplicationKeyView[];
  /**
   * The page, from 1.
   *
   * @example 1
   */
  page: number;
  /**
   * Items per page.
   *
   * @example 20
   */
  limit: number;
  /**
   * The number of items on all pages.
   *
   * @example 1
   */
  totalItems: number;
  /**
   * The number of pages.
   *
   * @example 1
   */
  totalPages: number;
  /** Whether there is a page before this one. */
  hasPreviousPage: boolean;
  /** Whether there is a page after this one. */
  hasNextPage: boolean;
}

export interface ApplicationKeyPart {
  /**
   * The number of items requested.
   *
   * @example 20
   */
  limit: number;
  /** The cursor of the next part; `null` at the end of the list. */
  nextCursor: string | null;
  /** The keys in this part. */
  items: ApplicationKeyView[];
}

export interface UpdateApplicationKeyBody {
  /**
   * What the key is for, 1 to 50 characters.
   *
   * @example Production API key for checkout service
   */
  description?: string;
  /** Whether the key is enabled. A disabled key is refused at once, until it is enabled again. */
  isEnabled?: boolean;
  /**
   * The level of the key, 0 to 8, which bounds what it may do. It must not exceed your own.
   *
   * @example 4
   */
  level?: number;
  /**
   * The scopes that the key is restricted to. A scope consists of names separated by colons, the last of which may be `*`. `null` means no
   * restriction.
   */
  scopes?: string[] | null;
  /**
   * The number of seconds until the key expires, up to ten years or the maximum of the key policy. The default for a new key is the default
   * of the key policy.
   *
   * @example 2592000
   */
  expiresInSeconds?: number;
  /**
   * When the key expires, as an alternative to `expiresInSeconds`; `null` means never. A date alone means its last moment (UTC).
   *
   * @example 2036-01-01T00:00:00Z
   */
  expiresAt?: string | null;
  /**
   * Your own id for what the key stands for, such as one of your customers: a text of up to 255 characters. `null` means none. Several keys
   * may have the same. Lists find keys by it, and a verification returns it.
   *
   * @example cus_9s6XKzkNRiz8i3
   */
  externalId?: string | null;
  /**
   * Whether the key may rotate itself, by `POST /api/v1/keys/rotate` with its full key as the credential. The default for a new key is `false`.
   *
   * @example true
   */
  selfRotate?: boolean;
  /**
   * Your own data about the key: an object of up to 4096 bytes as JSON. `null` means none. A verification returns it.
   */
  metadata?: Record<string, unknown> | null;
  /**
   * The rate limit of the key; `null` means no limit. A shorthand for `rateLimits` with one limit, which it excludes.
   */
  rateLimit?: RateLimitBody | null;
  /**
   * One to four rate limits of the key, each of another window; `null` means no limit. All of them must admit a request, and one that any of
   * them refuses uses up none.
   */
  rateLimits?: RateLimitBody[] | null;
  /** The quota of the key; `null` means no limit. */
  quota?: QuotaBody | null;
  /** The addresses and networks (CIDR) that the key may be used from; `null` means any. */
  allowedIps?: string[] | null;
}

export interface RotateKeyBody {
  /**
   * How long the previous full key stays valid at most, in seconds, up to 30 days. It never stays valid longer than the key would have
   * without the rotation. The default is 0.
   *
   * @example 86400
   */
  overlapSeconds?: number;
  /**
   * When the previous full key becomes invalid. `immediately`: at once. `after_overlap`: at the end of the overlap. `on_first_use`: when
   * the new full key is first verified successfully, but no later than the end of the overlap. `when_quiet`: when the previous one was not used
   * for `quietSeconds`, but no later than the end of the overlap. The default is `after_overlap` if there is an overlap, and `immediately` if
   * there is none.
   */
  mode?: RotationMode;
  /**
   * With `when_quiet`, for how many seconds the previous full key must be unused to become invalid, from a minute on, and less than
   * `overlapSeconds`. It becomes invalid up to two minutes later, since uses are counted with a delay.
   *
   * @example 3600
   */
  quietSeconds?: number;
  /**
   * Whether the full key that an earlier rotation replaced becomes invalid at once, although its overlap has not ended. With `false`, the
   * default, the rotation is refused with 409 until that overlap has ended.
   */
  endPrevious?: boolean;
  /**
   * The number of seconds until the key expires, up to ten years. Required, or else `expiresAt`, if the key has expired; the default is the
   * expiry that the key has.
   *
   * @example 7776000
   */
  expiresInSeconds?: number;
  /**
   * When the key expires, as an alternative to `expiresInSeconds`; `null` means never. It must be in the future.
   *
   * @example 2036-01-01T00:00:00Z
   */
  expiresAt?: string | null;
}

export interface RotatedKeyView {
  /**
   * The id of the key.
   *
   * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
   */
  id: string;
  /**
   * The id of the application that the key belongs to; `null` for a key of the merchant itself.
   *
   * @example 5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11
   */
  applicationId: string | null;
  /**
   * The full key, to be sent in `Authorization: Bearer`. Save it: it is never shown again. `null` in a response with the header `replayed`.
   *
   * @example ks_live_abc1XYZabc1XYZabSecretSecretSecretSecretSecre0CHECK
   */
  fullKey: string | null;
  /**
   * The first 12 characters of the full key, which help to tell keys apart.
   *
   * @example ks_live_abc1
   */
  keyPrefix: string;
  /**
   * What the key is for.
   *
   * @example Production API key for checkout service
   */
  description: string;
  /**
   * When the key was created.
   *
   * @example 2026-02-23T13:30:00.000Z
   */
  createdAt: string;
  /** The environment of the key. Present only if the request set it. */
  environment?: Environment;
  /** The level of the key. Present only if the request set it. */
  level?: number;
  /** The scopes that the key is restricted to. Present only if the request set them. */
  scopes?: string[] | null;
  /**
   * When the key expires; `null` means never. Present if the key expires, or the request set it.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  expiresAt?: string | null;
  /** The rate limit of the key. Present only if the request set it. */
  rateLimit?: RateLimitBody | null;
  /** The rate limits of the key. Present only if the request set them. */
  rateLimits?: RateLimitBody[] | null;
  /** The quota of the key. Present only if the request set it. */
  quota?: QuotaBody | null;
  /** The addresses and networks that the key may be used from. Present only if the request set them. */
  allowedIps?: string[] | null;
  /** Your own id for what the key stands for. Present only if the request set it. */
  externalId?: string | null;
  /** Whether the key may rotate itself. Present only if the request set it. */
  selfRotate?: boolean;
  /** Your own data about the key. Present only if the request set it. */
  metadata?: Record<string, unknown> | null;
  /** The full key before this rotation. */
  previousKey: PreviousKeyView;
}

export interface BulkResult {
  /**
   * The id of the key.
   *
   * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
   */
  id: string;
  /**
   * The status of the result. 200: the key is now as requested. 403: the key belongs to another owner, or cannot be enabled because its
   * level or scopes exceed yours. 404: the key does not exist or has been deleted. 409: its client has reached the limit of active keys.
   *
   * @example 200
   */
  status: number;
  /** Why the key was not changed. Absent if it was. */
  message?: string;
}

export interface BulkResults {
  /** One result per key, in the order of `ids`, or with the oldest key first. */
  results: BulkResult[];
}

export interface KeyView {
  /**
   * The id of the key.
   *
   * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
   */
  id: string;
  /**
   * The first 12 characters of the full key, which help to tell keys apart.
   *
   * @example ks_live_abc1
   */
  keyPrefix: string;
  /**
   * The last four characters of the full key; `null` if they are not known.
   *
   * @example HECK
   */
  lastFour: string | null;
  /**
   * What the key is for.
   *
   * @example Production API key for checkout service
   */
  description: string;
  /**
   * The level of the key, 0 to 8, which bounds what it may do.
   *
   * @example 4
   */
  level: number;
  /** The scopes that the key is restricted to; `null` means no restriction. */
  scopes: string[] | null;
  /** The status of the key. Only an `active` key is accepted. */
  status: KeyStatus;
  /**
   * When the key was created.
   *
   * @example 2026-02-23T13:30:00.000Z
   */
  createdAt: string;
  /**
   * When the key expires; `null` means never.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  expiresAt: string | null;
  /**
   * When the key was last verified successfully; `null` means never.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  lastUsedAt: string | null;
  /**
   * From where the key was last used, of the uses of which that is known; `null` if there are none. It is recorded once a minute while it stays the
   * same.
   */
  lastUsedFrom: LastSourceView | null;
  /** The first of the key's rate limits; `null` means no limit. */
  rateLimit: RateLimitBody | null;
  /** The rate limits of the key, all of which must admit a request; `null` means no limit. */
  rateLimits: RateLimitBody[] | null;
  /** The quota of the key; `null` means no limit. */
  quota: QuotaBody | null;
  /** The addresses and networks (CIDR) that the key may be used from; `null` means any. */
  allowedIps: string[] | null;
  /** Whether the key may rotate itself, by `POST /api/v1/keys/rotate`. */
  selfRotate: boolean;
  /** Your own data about the key; `null` means none. */
  metadata: Record<string, unknown> | null;
  /**
   * Your own id for what the key stands for, such as one of your customers; `null` means none.
   *
   * @example cus_9s6XKzkNRiz8i3
   */
  externalId: string | null;
  /**
   * The id of the member who is responsible for the key since its creator left; `null` if the creator still is. It stays the same if that
   * member is removed without a successor.
   *
   * @example 0b0a5c0e-7c3e-4f63-9d1b-9f0a4f6a2f10
   */
  responsibleId: string | null;
  /**
   * When the full key was first found exposed since it was created or last rotated; `null` means never.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  exposedAt: string | null;
  /**
   * How the exposure was discovered: by a `report`, by `github`, or by a request that sent the full key in its `query` or over plain
   * `http`. `null` if the key is not exposed.
   */
  exposedSource: ExposureSource | null;
  /** The full key before the latest rotation, while it is still valid; otherwise `null`. */
  previousKey: PreviousKeyView | null;
  /**
   * The id of the application that the key belongs to; `null` if there is none.
   *
   * @example 5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11
   */
  applicationId: string | null;
  /** The surface on which the key was created, which decides what its credential looks like. */
  surface: Surface;
  /** The environment of the key. */
  environment: Environment;
}

export interface BulkPreview {
  /**
   * The number of selected keys that you may change.
   *
   * @example 1
   */
  count: number;
  /** The first 100 of these keys. */
  keys: KeyView[];
}

export interface KeyFilter {
  /**
   * Only keys with this status. `active` keys are enabled and have not expired. `disabled` keys are not enabled. `expired` keys are enabled
   * but have expired. Of the active keys, `expiring` ones expire within 30 days, `unused` ones have not been used for 90 days or at all,
   * and `rotating` ones have a previous full key that is still valid.
   */
  status?: KeyStatusFilter;
  /**
   * Only keys of this application.
   *
   * @example 5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11
   */
  application?: string;
  /**
   * Only keys with exactly this external id.
   *
   * @example cus_9s6XKzkNRiz8i3
   */
  externalId?: string;
  /**
   * Only keys of this level.
   *
   * @example 4
   */
  level?: number;
  /**
   * Only keys that have exactly this scope among their scopes.
   *
   * @example payments:write
   */
  scope?: string;
  /** Only keys of this environment. */
  environment?: Environment;
  /** Only keys that were created on this surface. */
  surface?: Surface;
  /**
   * Only keys that were created at or after this time.
   *
   * @example 2026-11-21T00:00:00.000Z
   */
  createdAfter?: string;
  /**
   * Only keys that were created before this time; a date alone is included as a whole.
   *
   * @example 2026-11-22T00:00:00.000Z
   */
  createdBefore?: string;
  /**
   * Only keys that expire at or after this time. Keys that never expire are not included.
   *
   * @example 2026-11-21T00:00:00.000Z
   */
  expiresAfter?: string;
  /**
   * Only keys that expire before this time; a date alone is included as a whole.
   *
   * @example 2026-11-22T00:00:00.000Z
   */
  expiresBefore?: string;
  /**
   * Only keys whose last use is at or after this time.
   *
   * @example 2026-11-21T00:00:00.000Z
   */
  lastUsedAfter?: string;
  /**
   * Only keys whose last use is before this time; a date alone is included as a whole. Keys that have never been used are not included.
   *
   * @example 2026-11-22T00:00:00.000Z
   */
  lastUsedBefore?: string;
  /**
   * `true`: only keys that never expire. `false`: only keys that expire, or have expired.
   *
   * @example true
   */
  neverExpires?: boolean;
  /**
   * `true`: only keys that have never been used. `false`: only keys that have been used.
   *
   * @example true
   */
  neverUsed?: boolean;
  /**
   * `true`: only keys whose full key was found exposed since it was issued. `false`: only the others.
   *
   * @example true
   */
  exposed?: boolean;
  /**
   * Only keys that were found exposed in this way: by a report, by GitHub, in the query of a request, or in a request over plain HTTP.
   *
   * @example http
   */
  exposedSource?: ExposureSource;
  /**
   * `true`: only keys without an owner: the account that is responsible for the key is disabled, or has been deleted. `false`: only the others.
   *
   * @example true
   */
  ownerGone?: boolean;
  /**
   * `true`: only keys that were used within 90 days for some of their scopes, but not for others that they have had for longer. `false`: only the
   * others.
   *
   * @example true
   */
  overScoped?: boolean;
  /**
   * `true`: only keys that live longer than the policy for the life of keys allows (`GET /api/v1/merchants/me/key-policy`). `false`: only the
   * others.
   *
   * @example true
   */
  exceedsPolicy?: boolean;
  /**
   * Only keys whose description contains this text (ignoring the case of letters), whose prefix begins with it, or whose last four
   * characters are equal to it.
   *
   * @example checkout
   */
  q?: string;
}

export interface BulkBody {
  /** The ids of the keys, up to 10,000. */
  ids?: string[];
  /** A filter with the criteria of the list. At most 10,000 keys may match it. */
  filter?: KeyFilter;
  /**
   * `true` changes nothing. The response then holds the number of selected keys and the first 100 of them.
   */
  dryRun?: boolean;
  /**
   * The number of selected keys that you may change, as the dry run returns it. Required unless `dryRun` is `true`.
   *
   * @example 1
   */
  expectedCount?: number;
}

export interface KeyCountsView {
  /**
   * The id of the merchant.
   *
   * @example 5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11
   */
  merchantId: string;
  /**
   * When the keys were counted.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  asOf: string;
  /**
   * The number of all keys: the sum of those that are active, disabled and expired.
   *
   * @example 120
   */
  total: number;
  /**
   * The number of keys that are enabled and have not expired.
   *
   * @example 100
   */
  active: number;
  /**
   * The number of keys that are not enabled.
   *
   * @example 15
   */
  disabled: number;
  /**
   * The number of keys that are enabled but have expired.
   *
   * @example 5
   */
  expired: number;
  /**
   * Of the active keys, the number of those that expire within 30 days.
   *
   * @example 8
   */
  expiring: number;
  /**
   * Of the active keys, the number of those that have not been used for 90 days or at all.
   *
   * @example 20
   */
  unused: number;
  /**
   * Of the active keys, the number of those with a previous full key that is still valid.
   *
   * @example 2
   */
  rotating: number;
}

export interface HygieneFindingView {
  /**
   * The reason. `exposed`: the full key was found where others can read it. `plainHttp`: it was sent over plain HTTP. `ownerGone`: the
   * account that is responsible for the key is disabled, or has been deleted. `expiring`: the key expires within 30 days. `neverExpires`: it never
   * expires. `overScoped`: it was used within 90 days, but only for some of its scopes. `idle`: it was used, but not for 90 days. `neverUsed`: it has never been used.
   *
   * @example idle
   */
  kind: HygieneFindingKind;
  /**
   * The number of keys.
   *
   * @example 12
   */
  count: number;
  /** The filter that selects these keys, for lists, the export and bulk operations. */
  filter: KeyFilter;
  /**
   * The path of the list of these keys.
   *
   * @example /api/v1/api-keys?status=active&neverUsed=true
   */
  list: string;
}

export interface HygieneView {
  /**
   * The id of the merchant.
   *
   * @example 5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11
   */
  merchantId: string;
  /**
   * When the keys were counted. The filters select the keys that the reasons apply to when they are used.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  asOf: string;
  /**
   * The number of active keys, for comparison.
   *
   * @example 100
   */
  active: number;
  /** All reasons, the most urgent first, with a count of 0 where no key is affected. */
  findings: HygieneFindingView[];
}

export interface ImportedKeyBody {
  /**
   * The hash of the whole key.
   *
   * @example 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
   */
  hash: string;
  /**
   * The algorithm of the hash. bcrypt may have a cost of up to 12. argon2 must be in PHC format, with up to 64 MiB of memory, 10 passes
   * and 4 lanes.
   *
   * @example sha256
   */
  algorithm: HashAlgorithm;
  /** The encoding of a SHA-256 or HMAC-SHA-256 hash; by default `hex`. */
  encoding?: HashEncoding | null;
  /**
   * The first 6 to 64 characters of the key. They are required for bcrypt and argon2, whose hashes cannot be used to look a key up, and no
   * other key may begin with them. The first 12 of them are shown in lists.
   *
   * @example acme_live_9fK2
   */
  lookupPrefix?: string | null;
  /**
   * The id of the application that the key belongs to. Without it, the key belongs to the merchant itself.
   *
   * @example 5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11
   */
  applicationId?: string | null;
  /**
   * What the key is for, 1 to 50 characters.
   *
   * @example Key of the shop in Vienna
   */
  description: string;
  /**
   * The environment of the key. With an application, it must be the application's. Without one, the default is `live`.
   */
  environment?: Environment | null;
  /**
   * When the key was created; by default now.
   *
   * @example 2021-05-04T09:00:00Z
   */
  createdAt?: string | null;
  /**
   * When the key was last used.
   *
   * @example 2026-11-20T18:30:00Z
   */
  lastUsedAt?: string | null;
  /** Whether the key is enabled; by default `true`. */
  isEnabled?: boolean | null;
  /**
   * The level of the key, 0 to 8, which bounds what it may do. It must not exceed your own.
   *
   * @example 4
   */
  level?: number;
  /**
   * The scopes that the key is restricted to. A scope consists of names separated by colons, the last of which may be `*`. `null` means no
   * restriction.
   */
  scopes?: string[] | null;
  /**
   * The number of seconds until the key expires, up to ten years or the maximum of the key policy. The default for a new key is the default
   * of the key policy.
   *
   * @example 2592000
   */
  expiresInSeconds?: number;
  /**
   * When the key expires, as an alternative to `expiresInSeconds`; `null` means never. A date alone means its last moment (UTC).
   *
   * @example 2036-01-01T00:00:00Z
   */
  expiresAt?: string | null;
  /**
   * Your own id for what the key stands for, such as one of your customers: a text of up to 255 characters. `null` means none. Several keys
   * may have the same. Lists find keys by it, and a verification returns it.
   *
   * @example cus_9s6XKzkNRiz8i3
   */
  externalId?: string | null;
  /**
   * Whether the key may rotate itself, by `POST /api/v1/keys/rotate` with its full key as the credential. The default for a new key is `false`.
   *
   * @example true
   */
  selfRotate?: boolean;
  /**
   * Your own data about the key: an object of up to 4096 bytes as JSON. `null` means none. A verification returns it.
   */
  metadata?: Record<string, unknown> | null;
  /**
   * The rate limit of the key; `null` means no limit. A shorthand for `rateLimits` with one limit, which it excludes.
   */
  rateLimit?: RateLimitBody | null;
  /**
   * One to four rate limits of the key, each of another window; `null` means no limit. All of them must admit a request, and one that any of
   * them refuses uses up none.
   */
  rateLimits?: RateLimitBody[] | null;
  /** The quota of the key; `null` means no limit. */
  quota?: QuotaBody | null;
  /** The addresses and networks (CIDR) that the key may be used from; `null` means any. */
  allowedIps?: string[] | null;
}

export interface ImportFormatBody {
  /**
   * The characters that every key begins with, 4 to 64. They must not begin with `ks_`, as keys of this server do, or with `eyJ`, as tokens do.
   *
   * @example acme_live_
   */
  prefix: string;
  /**
   * The length of every key, 16 to 500 characters, at least 12 of which follow the prefix. Without it, keys of different lengths are accepted.
   *
   * @example 42
   */
  length?: number | null;
  /**
   * The pepper of HMAC-SHA-256. It is stored encrypted.
   *
   * @example the pepper of the former system
   */
  pepper?: string | null;
  /**
   * The encoding of the pepper, which must be valid in it; by default `utf8`.
   *
   * @example utf8
   */
  pepperEncoding?: PepperEncoding | null;
}

export interface ImportKeysBody {
  /** The keys. */
  keys: ImportedKeyBody[];
  /** The format of the keys. */
  format: ImportFormatBody;
}

export interface ImportFieldProblemView {
  /**
   * The name of the field.
   *
   * @example level
   */
  field: string;
  /**
   * What is wrong with the field.
   *
   * @example level must not be above your own
   */
  message: string;
}

export interface ImportProblemView {
  /**
   * The number of the line, from 1; in JSON, the position among the keys.
   *
   * @example 17
   */
  line: number;
  /**
   * The `externalId` of the row. Absent if the row has none or cannot be read.
   *
   * @example cus_9s6XKzkNRiz8i3
   */
  externalId?: string;
  /**
   * The HTTP status that describes the problem.
   *
   * @example 409
   */
  status: number;
  /**
   * What is wrong with the row.
   *
   * @example Another key has this hash or lookup prefix
   */
  message: string;
  /** The invalid fields, and what is wrong with each. */
  details?: ImportFieldProblemView[];
}

export interface ImportReport {
  /**
   * The number of keys imported.
   *
   * @example 998
   */
  imported: number;
  /**
   * The number of keys that the merchant already had. They are unchanged.
   *
   * @example 1
   */
  existing: number;
  /**
   * The number of rows that were not imported.
   *
   * @example 1
   */
  failed: number;
  /** Whether this was a dry run, which changes nothing. */
  dryRun: boolean;
  /**
   * `true` if another merchant has had a format of such keys for longer. A key that both have imported is then yours only where the check names
   * your merchant or application.
   */
  sharedFormat?: boolean;
  /** The rows that were not imported, up to 1,000 of them. */
  results: ImportProblemView[];
}

export interface ImportFormatLine {
  /** The format of the keys. */
  format: ImportFormatBody;
}

export interface ImportFormatView {
  /**
   * The format's id.
   *
   * @example 8d0a7a3c-52b6-4f0e-9a4a-5f3b8f3f6f7e
   */
  id: string;
  /**
   * How a presented key is looked up: by its SHA-256 digest, by its HMAC, or, for bcrypt and argon2, by its first characters.
   *
   * @example sha256
   */
  kind: ImportFormatKind;
  /**
   * The characters that every key begins with.
   *
   * @example acme_live_
   */
  prefix: string;
  /**
   * The length of every key; `null` if lengths differ.
   *
   * @example 42
   */
  length: number | null;
  /** How many of its first characters a key is looked up by; `null` if it is looked up by a digest. */
  lookupLength: number | null;
  /**
   * When the format was first imported.
   *
   * @example 2026-11-20T18:30:00.000Z
   */
  createdAt: string;
}

export interface ImportFormatPage {
  /** The formats on this page. */
  items: ImportFormatView[];
  /**
   * The page, from 1.
   *
   * @example 1
   */
  page: number;
  /**
   * Items per page.
   *
   * @example 20
   */
  limit: number;
  /**
   * The number of items on all pages.
   *
   * @example 1
   */
  totalItems: number;
  /**
   * The number of pages.
   *
   * @example 1
   */
  totalPages: number;
  /** Whether there is a page before this one. */
  hasPreviousPage: boolean;
  /** Whether there is a page after this one. */
  hasNextPage: boolean;
}

export interface KeyPage {
  /** The keys on this page. */
  items: KeyView[];
  /**
   * The page, from 1.
   *
   * @example 1
   */
  page: number;
  /**
   * Items per page.
   *
   * @example 20
   */
  limit: number;
  /**
   * The number of items on all pages.
   *
   * @example 1
   */
  totalItems: number;
  /**
   * The number of pages.
   *
   * @example 1
   */
  totalPages: number;
  /** Whether there is a page before this one. */
  hasPreviousPage: boolean;
  /** Whether there is a page after this one. */
  hasNextPage: boolean;
}

export interface KeyPart {
  /** The keys in this part. */
  items: KeyView[];
  /**
   * The number of items requested.
   *
   * @example 20
   */
  limit: number;
  /** The cursor of the next part; `null` at the end of the list. */
  nextCursor: string | null;
}

export interface ExportedKeyView {
  /**
   * The id of the key.
   *
   * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
   */
  id: string;
  /**
   * The first 12 characters of the full key, which help to tell keys apart.
   *
   * @example ks_live_abc1
   */
  keyPrefix: string;
  /**
   * The last four characters of the full key; `null` if they are not known.
   *
   * @example HECK
   */
  lastFour: string | null;
  /**
   * What the key is for.
   *
   * @example Production API key for checkout service
   */
  description: string;
  /**
   * The level of the key, 0 to 8, which bounds what it may do.
   *
   * @example 4
   */
  level: number;
  /** The scopes that the key is restricted to; `null` means no restriction. */
  scopes: string[] | null;
  /** The status of the key. Only an `active` key is accepted. */
  status: KeyStatus;
  /**
   * When the key was created.
   *
   * @example 2026-02-23T13:30:00.000Z
   */
  createdAt: string;
  /**
   * When the key expires; `null` means never.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  expiresAt: string | null;
  /**
   * When the key was last verified successfully; `null` means never.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  lastUsedAt: string | null;
  /**
   * From where the key was last used, of the uses of which that is known; `null` if there are none. It is recorded once a minute while it stays the
   * same.
   */
  lastUsedFrom: LastSourceView | null;
  /** The first of the key's rate limits; `null` means no limit. */
  rateLimit: RateLimitBody | null;
  /** The rate limits of the key, all of which must admit a request; `null` means no limit. */
  rateLimits: RateLimitBody[] | null;
  /** The quota of the key; `null` means no limit. */
  quota: QuotaBody | null;
  /** The addresses and networks (CIDR) that the key may be used from; `null` means any. */
  allowedIps: string[] | null;
  /** Whether the key may rotate itself, by `POST /api/v1/keys/rotate`. */
  selfRotate: boolean;
  /** Your own data about the key; `null` means none. */
  metadata: Record<string, unknown> | null;
  /**
   * Your own id for what the key stands for, such as one of your customers; `null` means none.
   *
   * @example cus_9s6XKzkNRiz8i3
   */
  externalId: string | null;
  /**
   * The id of the member who is responsible for the key since its creator left; `null` if the creator still is. It stays the same if that
   * member is removed without a successor.
   *
   * @example 0b0a5c0e-7c3e-4f63-9d1b-9f0a4f6a2f10
   */
  responsibleId: string | null;
  /**
   * When the full key was first found exposed since it was created or last rotated; `null` means never.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  exposedAt: string | null;
  /**
   * How the exposure was discovered: by a `report`, by `github`, or by a request that sent the full key in its `query` or over plain
   * `http`. `null` if the key is not exposed.
   */
  exposedSource: ExposureSource | null;
  /** The full key before the latest rotation, while it is still valid; otherwise `null`. */
  previousKey: PreviousKeyView | null;
  /**
   * The id of the application that the key belongs to; `null` if there is none.
   *
   * @example 5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11
   */
  applicationId: string | null;
  /** The surface on which the key was created, which decides what its credential looks like. */
  surface: Surface;
  /** The environment of the key. */
  environment: Environment;
  /**
   * The id of the merchant that the key belongs to.
   *
   * @example 5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11
   */
  merchantId: string;
  /**
   * The integer id of the account that created the key.
   *
   * @example 61
   */
  accountId: number;
  /**
   * The id of the service whose Service ID the key was created with (clients surface).
   *
   * @example 3c1a0b7e-9d2f-4e5a-8b6c-7d0e1f2a3b4c
   */
  serviceId: string | null;
  /**
   * When the key was last changed.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  updatedAt: string;
}

export interface CreateMerchantKeyBody {
  /**
   * What the key is for, 1 to 50 characters.
   *
   * @example Production API key for checkout service
   */
  description: string;
  /**
   * The level of the key, 0 to 8, which bounds what it may do. It must not exceed your own.
   *
   * @example 4
   */
  level?: number;
  /**
   * The scopes that the key is restricted to. A scope consists of names separated by colons, the last of which may be `*`. `null` means no
   * restriction.
   */
  scopes?: string[] | null;
  /**
   * The number of seconds until the key expires, up to ten years or the maximum of the key policy. The default for a new key is the default
   * of the key policy.
   *
   * @example 2592000
   */
  expiresInSeconds?: number;
  /**
   * When the key expires, as an alternative to `expiresInSeconds`; `null` means never. A date alone means its last moment (UTC).
   *
   * @example 2036-01-01T00:00:00Z
   */
  expiresAt?: string | null;
  /**
   * Your own id for what the key stands for, such as one of your customers: a text of up to 255 characters. `null` means none. Several keys
   * may have the same. Lists find keys by it, and a verification returns it.
   *
   * @example cus_9s6XKzkNRiz8i3
   */
  externalId?: string | null;
  /**
   * Whether the key may rotate itself, by `POST /api/v1/keys/rotate` with its full key as the credential. The default for a new key is `false`.
   *
   * @example true
   */
  selfRotate?: boolean;
  /**
   * Your own data about the key: an object of up to 4096 bytes as JSON. `null` means none. A verification returns it.
   */
  metadata?: Record<string, unknown> | null;
  /**
   * The rate limit of the key; `null` means no limit. A shorthand for `rateLimits` with one limit, which it excludes.
   */
  rateLimit?: RateLimitBody | null;
  /**
   * One to four rate limits of the key, each of another window; `null` means no limit. All of them must admit a request, and one that any of
   * them refuses uses up none.
   */
  rateLimits?: RateLimitBody[] | null;
  /** The quota of the key; `null` means no limit. */
  quota?: QuotaBody | null;
  /** The addresses and networks (CIDR) that the key may be used from; `null` means any. */
  allowedIps?: string[] | null;
  /**
   * The environment of the key: `live` (the default) for a full key that begins with `ks_live_`, `test` for one with `ks_test_`.
   */
  environment?: Environment;
}

export interface SharedLimitView {
  /**
   * The external id of the keys.
   *
   * @example cus_9s6XKzkNRiz8i3
   */
  externalId: string;
  /** The rate limits, all of which must admit a request; `null` means none. */
  rateLimits: RateLimitBody[] | null;
  /** The quota; `null` means none. */
  quota: QuotaBody | null;
  /**
   * When the limits were first set.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  createdAt: string;
  /**
   * When the limits were last set.
   *
   * @example 2026-11-22T08:15:00.000Z
   */
  updatedAt: string;
}

export interface SharedLimitPage {
  /** The shared limits on this page, in the order of their external ids. */
  items: SharedLimitView[];
  /**
   * The page, from 1.
   *
   * @example 1
   */
  page: number;
  /**
   * Items per page.
   *
   * @example 20
   */
  limit: number;
  /**
   * The number of items on all pages.
   *
   * @example 1
   */
  totalItems: number;
  /**
   * The number of pages.
   *
   * @example 1
   */
  totalPages: number;
  /** Whether there is a page before this one. */
  hasPreviousPage: boolean;
  /** Whether there is a page after this one. */
  hasNextPage: boolean;
}

export interface SharedLimitBody {
  /**
   * One to four rate limits of the key, each of another window; `null` means no limit. All of them must admit a request, and one that any of
   * them refuses uses up none.
   */
  rateLimits?: RateLimitBody[] | null;
  /** The quota of the key; `null` means no limit. */
  quota?: QuotaBody | null;
}

export interface SelfRotateKeyBody {
  /**
   * How long the previous full key stays valid at most, in seconds, from 1 to 30 days. It never stays valid longer than the key.
   *
   * @example 86400
   */
  overlapSeconds: number;
  /**
   * When the previous full key becomes invalid. `after_overlap`, the default: at the end of the overlap. `on_first_use`: when the new full key
   * is first verified successfully, but no later than the end of the overlap. `when_quiet`: when the previous one was not used for
   * `quietSeconds`, but no later than the end of the overlap.
   */
  mode?: SelfRotationMode;
  /**
   * With `when_quiet`, for how many seconds the previous full key must be unused to become invalid, from a minute on, and less than
   * `overlapSeconds`.
   *
   * @example 3600
   */
  quietSeconds?: number;
}

export interface UseLinkBody {
  /**
   * The code, which stands in the URL of the page after `#`: 48 hexadecimal digits.
   *
   * @example 4f9c0d2a7b1e4f9c0d2a7b1e4f9c0d2a7b1e4f9c0d2a7b1e
   */
  code: string;
}

export interface PortalTokenView {
  /**
   * The token of the session.
   *
   * @example eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJwdXJwb3NlIjoicG9ydGFsIn0.c2lnbmF0dXJl
   */
  token: string;
  /**
   * When the session ends, at the latest.
   *
   * @example 2026-11-28T14:30:00.000Z
   */
  expiresAt: string;
}

export interface PortalLimitsView {
  /**
   * How many keys the external id may have.
   *
   * @example 3
   */
  keys: number;
  /** The rate limits of new keys; `null` means none. */
  rateLimits: RateLimitBody[] | null;
  /** The quota of new keys; `null` means none. */
  quota: QuotaBody | null;
}

export interface OwnPortalSessionView {
  /**
   * Your own id of the end user.
   *
   * @example cus_9s6XKzkNRiz8i3
   */
  externalId: string;
  /** What the end user may do. */
  allow: OwnPortalSessionAllow[];
  /** The scopes of new keys; `null` means no restriction. */
  scopes: string[] | null;
  /** What bounds new keys. */
  limits: PortalLimitsView;
  /**
   * When the session ends, at the latest.
   *
   * @example 2026-11-28T14:30:00.000Z
   */
  expiresAt: string;
}

export interface PortalKeyView {
  /**
   * The id of the key.
   *
   * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
   */
  id: string;
  /**
   * The first 12 characters of the full key, which help to tell keys apart.
   *
   * @example ks_live_abc1
   */
  keyPrefix: string;
  /**
   * The last four characters of the full key; `null` if they are not known.
   *
   * @example HECK
   */
  lastFour: string | null;
  /**
   * What the key is for.
   *
   * @example Production API key for checkout service
   */
  description: string;
  /** The status of the key. Only an `active` key is accepted. */
  status: KeyStatus;
  /** The scopes that the key is restricted to; `null` means no restriction. */
  scopes: string[] | null;
  /** The rate limits of the key, all of which must admit a request; `null` means no limit. */
  rateLimits: RateLimitBody[] | null;
  /** The quota of the key; `null` means no limit. */
  quota: QuotaBody | null;
  /**
   * When the key was created.
   *
   * @example 2026-02-23T13:30:00.000Z
   */
  createdAt: string;
  /**
   * When the key expires; `null` means never.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  expiresAt: string | null;
  /**
   * When the key was last verified successfully; `null` means never.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  lastUsedAt: string | null;
  /** The full key before the latest rotation, while it is still valid; otherwise `null`. */
  previousKey: PreviousKeyView | null;
}

export interface PortalKeyPage {
  /** The keys on this page, the latest first. */
  items: PortalKeyView[];
  /**
   * The page, from 1.
   *
   * @example 1
   */
  page: number;
  /**
   * Items per page.
   *
   * @example 20
   */
  limit: number;
  /**
   * The number of items on all pages.
   *
   * @example 1
   */
  totalItems: number;
  /**
   * The number of pages.
   *
   * @example 1
   */
  totalPages: number;
  /** Whether there is a page before this one. */
  hasPreviousPage: boolean;
  /** Whether there is a page after this one. */
  hasNextPage: boolean;
}

export interface CreatePortalKeyBody {
  /**
   * What the key is for, 1 to 50 characters.
   *
   * @example Production API key for checkout service
   */
  description: string;
  /**
   * The number of seconds until the key expires, up to ten years or the maximum of the key policy. The default for a new key is the default
   * of the key policy.
   *
   * @example 2592000
   */
  expiresInSeconds?: number;
}

export interface CreatedPortalKeyView {
  /**
   * The id of the key.
   *
   * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
   */
  id: string;
  /**
   * The first 12 characters of the full key, which help to tell keys apart.
   *
   * @example ks_live_abc1
   */
  keyPrefix: string;
  /**
   * What the key is for.
   *
   * @example Production API key for checkout service
   */
  description: string;
  /**
   * When the key was created.
   *
   * @example 2026-02-23T13:30:00.000Z
   */
  createdAt: string;
  /**
   * The full key, to be sent in `Authorization: Bearer`. It is never shown again.
   *
   * @example ks_live_abc1XYZabc1XYZabSecretSecretSecretSecretSecre0CHECK
   */
  fullKey: string;
  /**
   * When the key expires; `null` means never.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  expiresAt: string | null;
}

export interface RotatePortalKeyBody {
  /**
   * How long the previous full key stays valid at most, in seconds, up to 30 days. It never stays valid longer than the key would have
   * without the rotation. The default is 0.
   *
   * @example 86400
   */
  overlapSeconds?: number;
}

export interface RotatedPortalKeyView {
  /**
   * The id of the key.
   *
   * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
   */
  id: string;
  /**
   * The first 12 characters of the full key, which help to tell keys apart.
   *
   * @example ks_live_abc1
   */
  keyPrefix: string;
  /**
   * What the key is for.
   *
   * @example Production API key for checkout service
   */
  description: string;
  /**
   * When the key was created.
   *
   * @example 2026-02-23T13:30:00.000Z
   */
  createdAt: string;
  /**
   * The full key, to be sent in `Authorization: Bearer`. It is never shown again.
   *
   * @example ks_live_abc1XYZabc1XYZabSecretSecretSecretSecretSecre0CHECK
   */
  fullKey: string;
  /**
   * When the key expires; `null` means never.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  expiresAt: string | null;
  /** The full key that the rotation replaced, and until when it is valid. */
  previousKey: PreviousKeyView;
}

export interface PortalLimitsBody {
  /**
   * One to four rate limits of the key, each of another window; `null` means no limit. All of them must admit a request, and one that any of
   * them refuses uses up none.
   */
  rateLimits?: RateLimitBody[] | null;
  /** The quota of the key; `null` means no limit. */
  quota?: QuotaBody | null;
  /**
   * How many keys the external id may have, with those that it has already, up to 1000. The default is 10.
   *
   * @example 3
   */
  keys?: number;
}

export interface OpenPortalSessionBody {
  /**
   * Your own id of the end user, 1 to 255 characters. The session is about the keys that have it, and new keys get it.
   *
   * @example cus_9s6XKzkNRiz8i3
   */
  externalId: string;
  /** What the end user may do. */
  allow: OwnPortalSessionAllow[];
  /**
   * The scopes of new keys. Keys that have others can be neither rotated nor revoked. `null`, the default of a login, means no restriction; the default
   * of a key is its own scopes but for `portal`.
   */
  scopes?: string[] | null;
  /** What bounds new keys. */
  limits?: PortalLimitsBody;
  /**
   * The application that new keys belong to, and whose keys the session is about. The default is that of the key that opens the session; without
   * one, new keys belong to the merchant itself, and the session is about all keys with the external id.
   *
   * @example 5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11
   */
  applicationId?: string;
  /**
   * The number of seconds for which the session is valid, from a minute to a day; never longer than the login or the key that opens it. The default
   * is an hour.
   *
   * @example 3600
   */
  expiresInSeconds?: number;
}

export interface OpenedPortalSessionView {
  /**
   * The token of the session, for `<keywright-keys>` in your own page.
   *
   * @example eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJwdXJwb3NlIjoicG9ydGFsIn0.c2lnbmF0dXJl
   */
  token: string;
  /**
   * A page of this server with the keys of the end user, in place of your own. It opens once.
   *
   * @example https://keys.example.com/portal#4f9c0d2a7b1e
   */
  url: string;
  /**
   * The id of the session.
   *
   * @example 1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed
   */
  id: string;
  /**
   * Your own id of the end user.
   *
   * @example cus_9s6XKzkNRiz8i3
   */
  externalId: string;
  /**
   * The application whose keys the session is about; `null` for all.
   *
   * @example 5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11
   */
  applicationId: string | null;
  /** What the end user may do. */
  allow: OwnPortalSessionAllow[];
  /** The scopes of new keys; `null` means no restriction. */
  scopes: string[] | null;
  /** What bounds new keys. */
  limits: PortalLimitsView;
  /**
   * When the session ends, at the latest.
   *
   * @example 2026-11-28T14:30:00.000Z
   */
  expiresAt: string;
}

export interface LeftKeyView {
  /**
   * The id of the key.
   *
   * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
   */
  id: string;
  /** The first 12 characters of the key, which identify it. */
  keyPrefix: string;
  /**
   * What the key is for.
   *
   * @example Production API key for checkout service
   */
  description: string;
  /** The surface on which the key was created. */
  surface: SharedSurface;
  /**
   * The application that the key is for; `null` for none.
   *
   * @example 5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11
   */
  applicationId: string | null;
  /** Whether the key is enabled. */
  isEnabled: boolean;
  /**
   * When the key was created.
   *
   * @example 2026-02-23T13:30:00.000Z
   */
  createdAt: string;
  /**
   * When the key was last used; `null` if it never was.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  lastUsedAt: string | null;
}

export interface OffboardingView {
  /** The merchant's keys that the member created, oldest first, at most 100. */
  keys: LeftKeyView[];
  /**
   * Their total number.
   *
   * @example 1
   */
  totalKeys: number;
  /**
   * The merchant's keys that others created before they left and that this member is responsible for, oldest first, at most 100.
   */
  responsibleFor: LeftKeyView[];
  /**
   * Their total number.
   *
   * @example 0
   */
  totalResponsibleFor: number;
  /**
   * The number of the member's personal keys that would be revoked.
   *
   * @example 2
   */
  personalKeysEnding: number;
}

export interface UpdateMemberBody {
  /**
   * The role, not above your own. A lower role revokes the member's personal keys above its level, for good.
   *
   * @example readOnly
   */
  role?: Role;
  /** Disabling a member refuses the member's tokens at once and revokes the member's personal keys. */
  status?: MemberStatusChange;
}

export interface ExportLineView {
  /** What the line is about. */
  type: ExportLineType;
  /**
   * The thing itself. In the first line, `schemas` names the schema of each type: a reference into the OpenAPI document. An `identity` is how
   * an OpenID provider knows the person: `issuer`, `subject` and `createdAt`.
   */
  data: Record<string, unknown>;
}

export interface DeleteAccountBody {
  /**
   * The current password, which is required once the account has one.
   *
   * @example the password that you have
   */
  currentPassword?: string;
  /**
   * `true` also deletes your merchant, with all its keys, if you are its only member. Without it, the only member cannot go.
   *
   * @example false
   */
  deleteMerchant?: boolean;
}

export interface DeletedAccountAnswer {
  /**
   * Whether your merchant is deleted with the account.
   *
   * @example false
   */
  merchantDeleted: boolean;
}

export interface MerchantDeletionView {
  /**
   * The id of the merchant.
   *
   * @example 5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11
   */
  id: string;
  /**
   * The name of the merchant.
   *
   * @example Example Shop Ltd
   */
  name: string;
  /** Whether nothing was deleted. */
  dryRun: boolean;
  /**
   * The number of its keys, valid or not.
   *
   * @example 1200
   */
  keys: number;
  /**
   * The number of its applications.
   *
   * @example 3
   */
  applications: number;
  /**
   * The number of its members, invited ones included.
   *
   * @example 5
   */
  members: number;
  /**
   * The number of its webhook endpoints.
   *
   * @example 1
   */
  webhooks: number;
}

export interface ReportExposuresBody {
  /**
   * The keys as they were found, each with any text around it, such as quotes, `Bearer`, a URL or a line of code: full keys (`ks_…`), pairs as
   * `<key>:<secret>`, or imported keys.
   */
  keys: string[];
  /**
   * Where the keys were found, for example a URL. The owners of the keys are shown it.
   *
   * @example https://paste.example/x7Fq
   */
  source?: string;
}

export interface ReceivedReportView {
  /**
   * The number of keys in the report.
   *
   * @example 1
   */
  received: number;
}

export interface GithubMatchBody {
  /**
   * The secret that was found.
   *
   * @example ks_live_abc1XYZabc1XYZabSecretSecretSecretSecretSecre0CHECK
   */
  token: string;
  /**
   * The name of GitHub's pattern for such secrets.
   *
   * @example keywright_api_key
   */
  type?: string;
  /**
   * The public URL of the secret; may be empty.
   *
   * @example https://github.com/octocat/Hello-World/blob/12345600b9cbe38a219f39a9941c9319b600c002/foo/bar.txt
   */
  url?: string;
  /**
   * The kind of place in which the secret was found.
   *
   * @example content
   */
  source?: string;
}

export interface ExposurePolicyView {
  /** The reaction to keys that were reported, by anyone or by GitHub. */
  reported: ExposureReaction;
  /** The reaction to keys in the query of a request; `off` ignores them. */
  inQuery: SightingReaction;
  /** The reaction to keys that reached a trusted proxy over plain HTTP; `off` ignores them. */
  overHttp: SightingReaction;
}

export interface UpdateExposurePolicyBody {
  /** The reaction to keys that were reported, by anyone or by GitHub. */
  reported?: ExposureReaction;
  /** The reaction to keys in the query of a request; `off` ignores them. */
  inQuery?: SightingReaction;
  /** The reaction to keys that reached a trusted proxy over plain HTTP; `off` ignores them. */
  overHttp?: SightingReaction;
}

export interface TokenBody {
  /**
   * `client_credentials`, the only grant that is supported.
   *
   * @example client_credentials
   */
  grant_type: string;
  /**
   * The scopes to limit the session to, separated by spaces. By default those of the key.
   *
   * @example payments:write
   */
  scope?: string;
  /**
   * The key's public id. With a full key (`ks_…`) or an imported key as the secret, also its `keyPrefix` or its id.
   *
   * @example 5f2b8c1e9a7d4f306b12
   */
  client_id?: string;
  /**
   * The key's secret, the full key, or an imported key.
   *
   * @example ks_live_abc1XYZabc1XYZabSecretSecretSecretSecretSecre0CHECK
   */
  client_secret?: string;
}

export interface TokenAnswer {
  /**
   * The access token, a JWT (RFC 9068).
   *
   * @example eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCIsImtpZCI6ImsifQ.e30.sIgNaTuRe
   */
  access_token: string;
  /** How the token is sent: as `Authorization: Bearer`. */
  token_type: 'Bearer';
  /**
   * The lifetime of the token, in seconds.
   *
   * @example 900
   */
  expires_in: number;
  /**
   * The scopes that the session is limited to, separated by spaces. Left out if it is not limited.
   *
   * @example payments:write
   */
  scope?: string;
}

export interface TheTokenBody {
  /**
   * The access token.
   *
   * @example eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCIsImtpZCI6ImsifQ.e30.sIgNaTuRe
   */
  token: string;
  /**
   * Ignored: access tokens are the only kind of token.
   *
   * @example access_token
   */
  token_type_hint?: string;
  /**
   * The key's public id. With a full key (`ks_…`) or an imported key as the secret, also its `keyPrefix` or its id.
   *
   * @example 5f2b8c1e9a7d4f306b12
   */
  client_id?: string;
  /**
   * The key's secret, the full key, or an imported key.
   *
   * @example ks_live_abc1XYZabc1XYZabSecretSecretSecretSecretSecre0CHECK
   */
  client_secret?: string;
}

export interface IntrospectionAnswer {
  /** Whether the token is valid now, and you may introspect it. */
  active: boolean;
  /**
   * The scopes that the token is limited to, separated by spaces. Left out if it is not limited.
   *
   * @example payments:write
   */
  scope?: string;
  /**
   * The public id of the key that opened the session.
   *
   * @example 5f2b8c1e9a7d4f306b12
   */
  client_id?: string;
  /** How the token is sent: as `Authorization: Bearer`. */
  token_type?: 'Bearer';
  /**
   * When the token expires, in seconds since 1970.
   *
   * @example 1763730900
   */
  exp?: number;
  /**
   * When the session was opened, in seconds since 1970.
   *
   * @example 1763730000
   */
  iat?: number;
  /**
   * The id of the key that opened the session.
   *
   * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
   */
  sub?: string;
  /**
   * The id of the merchant whose API the token is for.
   *
   * @example 5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11
   */
  aud?: string;
  /**
   * The server's public URL.
   *
   * @example https://keys.example.com
   */
  iss?: string;
  /**
   * The token's id.
   *
   * @example 0f8b6c7e-0d7a-4c0e-a9a3-3a8f0a6d4f5b
   */
  jti?: string;
}

export interface JwkView {
  /** The type of the key: an elliptic curve. */
  kty: 'EC';
  /** The curve. */
  crv: 'P-256';
  /**
   * The x coordinate, in base64url.
   *
   * @example f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU
   */
  x: string;
  /**
   * The y coordinate, in base64url.
   *
   * @example x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0
   */
  y: string;
  /**
   * The key's thumbprint (RFC 7638), which tokens name as their `kid`.
   *
   * @example oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U
   */
  kid: string;
  /** What the key is for: signatures. */
  use: 'sig';
  /** The algorithm of the signatures. */
  alg: 'ES256';
}

export interface JwksView {
  /** The public keys: the one that signs, and those that are about to sign or have signed valid tokens. */
  keys: JwkView[];
}

export interface MetadataView {
  /**
   * The `iss` of tokens: the URL of this server.
   *
   * @example https://keys.example.com
   */
  issuer: string;
  /**
   * The URL that sessions are opened at.
   *
   * @example https://keys.example.com/oauth/token
   */
  token_endpoint: string;
  /**
   * The URL that sessions are introspected at (RFC 7662).
   *
   * @example https://keys.example.com/oauth/introspect
   */
  introspection_endpoint: string;
  /**
   * The URL that sessions are ended at (RFC 7009).
   *
   * @example https://keys.example.com/oauth/revoke
   */
  revocation_endpoint: string;
  /**
   * The URL of the public keys (RFC 7517).
   *
   * @example https://keys.example.com/.well-known/jwks.json
   */
  jwks_uri: string;
  /**
   * The URL of the documentation.
   *
   * @example https://keys.example.com/docs
   */
  service_documentation: string;
  /** The grants of the token endpoint. */
  grant_types_supported: string[];
  /** Empty: the server has no authorization endpoint. */
  response_types_supported: string[];
  /** How a client authenticates to the token endpoint. */
  token_endpoint_auth_methods_supported: string[];
  /** How a client authenticates to the introspection endpoint. */
  introspection_endpoint_auth_methods_supported: string[];
  /** How a client authenticates to the revocation endpoint. */
  revocation_endpoint_auth_methods_supported: string[];
}

export interface InstanceView {
  /**
   * The id of the instance, which is new at every start.
   *
   * @example 8f4f3a1e-6f0b-4b0e-9a3f-0c1d5b7e9a21
   */
  id: string;
  /**
   * The version that it runs; `null` for a version before 0.2.0.
   *
   * @example 0.2.0
   */
  version: string | null;
  /** Whether it is the instance that sent this response. */
  isSelf: boolean;
  /**
   * Whether it holds a lease. Without one it reads the database for each key, and no revocation waits for it: it hangs, is cut off, or has been killed.
   */
  holdsLease: boolean;
  /**
   * When its lease was last renewed, by the database's clock. That happens about every second.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  leaseRenewedAt: string;
  /**
   * Until when its lease is valid, by the database's clock.
   *
   * @example 2026-11-21T13:30:03.000Z
   */
  leaseUntil: string;
  /**
   * The number of changes of keys that it has not applied to its key cache yet. Above 0 for more than a moment, it delays revocations.
   *
   * @example 0
   */
  unappliedChanges: number;
}

export interface WaitRangeView {
  /**
   * The upper bound of the range, in milliseconds; the lower one is the bound of the range before. `null` for the last range, which has none.
   *
   * @example 25
   */
  upToMs: number | null;
  /**
   * The number of waits.
   *
   * @example 12
   */
  count: number;
}

export interface RevocationWaitsView {
  /**
   * The number of waits since the start of the instance that sent this response.
   *
   * @example 12
   */
  count: number;
  /**
   * The sum of the waits, in milliseconds.
   *
   * @example 168
   */
  totalMs: number;
  /**
   * The number of changes that wait at the moment.
   *
   * @example 0
   */
  waiting: number;
  /** The waits by their durations, the shortest first. */
  ranges: WaitRangeView[];
}

export interface InstancesView {
  /** The instances, those with the latest leases first. */
  items: InstanceView[];
  /** The waits of the instance that sent this response. */
  revocationWaits: RevocationWaitsView;
}

export interface RateLimitLeftView {
  /** Whose requests are counted: those of the key, or those of all keys with its external id. */
  appliesTo: VerifyKeyLimitedBy;
  /**
   * Requests in any window.
   *
   * @example 100
   */
  limit: number;
  /**
   * The length of the window, in seconds.
   *
   * @example 60
   */
  windowSeconds: number;
  /**
   * Requests left in the window that ends now. Without Redis, of several instances each has a share of the limit, and this is what is left of the
   * share of the instance that sent this response.
   *
   * @example 98
   */
  remaining: number;
  /**
   * Seconds until a part of the limit is free again.
   *
   * @example 41
   */
  resetSeconds: number;
}

export interface QuotaLeftView {
  /** Whose requests are counted: those of the key, or those of all keys with its external id. */
  appliesTo: VerifyKeyLimitedBy;
  /**
   * Requests in each period.
   *
   * @example 100000
   */
  limit: number;
  /** The length of the period: a calendar day or month (UTC). */
  period: QuotaPeriod;
  /**
   * Requests left in the period, as far as this instance knows; exact on a single instance and with Redis.
   *
   * @example 99412
   */
  remaining: number;
  /**
   * The end of the period.
   *
   * @example 2026-12-01T00:00:00.000Z
   */
  resetsAt: string;
}

export interface KeyLimitsView {
  /**
   * The id of the key.
   *
   * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
   */
  keyId: string;
  /**
   * The rate limits of the key, then those that it shares with the keys of its external id; empty if there are none.
   */
  rateLimits: RateLimitLeftView[];
  /**
   * The quota of the key, then the one that it shares with the keys of its external id; empty if there is none.
   */
  quotas: QuotaLeftView[];
}

export interface UsageIntervalView {
  /**
   * The start of the interval (UTC).
   *
   * @example 2026-11-21T13:00:00.000Z
   */
  start: string;
  /** The number of verifications by outcome. Outcomes that did not occur are left out. */
  counts: Record<string, number>;
}

export interface UsageGroupView {
  /**
   * The outcome, the id of the application (`null` for the keys without one), or the id of the key.
   *
   * @example VALID
   */
  id: string | null;
  /**
   * The number of verifications.
   *
   * @example 1203
   */
  total: number;
  /** The number of verifications by outcome. Outcomes that did not occur are left out. */
  counts: Record<string, number>;
}

export interface MerchantUsageView {
  /**
   * The id of the merchant whose keys are counted; `null` for those of all merchants.
   *
   * @example 5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11
   */
  merchantId: string | null;
  /**
   * The start of the first interval (UTC).
   *
   * @example 2026-11-21T13:00:00.000Z
   */
  from: string;
  /**
   * The end of the last interval (UTC).
   *
   * @example 2026-11-28T14:00:00.000Z
   */
  to: string;
  /** The length of the intervals. */
  interval: UsageInterval;
  /** What the groups are. */
  groupBy: UsageGrouping;
  /**
   * The number of verifications in the whole period.
   *
   * @example 1203
   */
  total: number;
  /**
   * The number of verifications in the whole period by outcome. Outcomes that did not occur are left out.
   */
  counts: Record<string, number>;
  /** The intervals with at least one verification, in chronological order. */
  intervals: UsageIntervalView[];
  /** The groups with the most verifications, in descending order. */
  groups: UsageGroupView[];
}

export interface KeyDaysView {
  /**
   * The id of the key.
   *
   * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
   */
  keyId: string;
  /**
   * The number of verifications on all days.
   *
   * @example 1203
   */
  total: number;
  /** The number of verifications on each day, whatever their outcome, in chronological order. */
  days: number[];
}

export interface DailyUsageView {
  /**
   * The start of the first day (UTC).
   *
   * @example 2026-11-19T00:00:00.000Z
   */
  from: string;
  /**
   * The end of the last day (UTC).
   *
   * @example 2026-11-22T00:00:00.000Z
   */
  to: string;
  /**
   * The keys, in the order in which they were asked for. Keys without verifications on these days, and keys that you may not read, are left out.
   */
  items: KeyDaysView[];
}

export interface UsageView {
  /**
   * The id of the key.
   *
   * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
   */
  keyId: string;
  /** The length of the intervals. */
  interval: UsageInterval;
  /** The intervals with at least one verification, in chronological order. */
  intervals: UsageIntervalView[];
}

export interface ScopeUseView {
  /**
   * The scope, as the key has it.
   *
   * @example payments:write
   */
  scope: string;
  /**
   * When a valid verification last required what the scope grants, to the day; `null` if none has since this is recorded.
   *
   * @example 2026-11-21T13:00:00.000Z
   */
  lastUsedAt: string | null;
}

export interface PreviousHourView {
  /**
   * The start of the hour (UTC).
   *
   * @example 2026-11-21T13:00:00.000Z
   */
  start: string;
  /**
   * The number of uses of the previous full key.
   *
   * @example 25
   */
  count: number;
  /**
   * The number of uses of the key in the same hour, by either full key.
   *
   * @example 100
   */
  total: number;
  /**
   * The share of the previous full key, in percent.
   *
   * @example 25
   */
  percent: number;
}

export interface PreviousSourceView {
  /**
   * The network of the address: its first 24 bits (IPv4) or 48 bits (IPv6); `null` if the address isn't known.
   *
   * @example 203.0.113.0/24
   */
  network: string | null;
  /**
   * The name of the program, without its version; `null` if it isn't known.
   *
   * @example python-requests
   */
  agent: string | null;
  /**
   * The number of uses.
   *
   * @example 25
   */
  count: number;
  /**
   * The start of the hour (UTC) of the last use.
   *
   * @example 2026-11-21T13:00:00.000Z
   */
  lastUsedIn: string;
}

export interface PreviousUsesView {
  /**
   * The first 12 characters of the previous full key.
   *
   * @example ks_live_abc1
   */
  keyPrefix: string;
  /**
   * When the previous full key becomes invalid, at the latest.
   *
   * @example 2026-11-28T13:30:00.000Z
   */
  validUntil: string;
  /**
   * When the previous full key was last verified successfully; `null` means never.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  lastUsedAt: string | null;
  /** The hours of the last 30 days in which it was used, in chronological order. */
  hours: PreviousHourView[];
  /** From where and by what it was used in the last 30 days, the busiest first; at most 50. */
  sources: PreviousSourceView[];
}

export interface KeyUsesView {
  /**
   * The id of the key.
   *
   * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
   */
  keyId: string;
  /**
   * When the key was last verified successfully; `null` means never.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  lastUsedAt: string | null;
  /** From where the key was last used, of the uses of which that is known; `null` if there are none. */
  lastUsedFrom: LastSourceView | null;
  /** When each scope of the key was last used; `null` if the key is not restricted to scopes. */
  scopes: ScopeUseView[] | null;
  /** The full key before the latest rotation, while it is still valid; otherwise `null`. */
  previousKey: PreviousUsesView | null;
}

export interface AttachVerifierBody {
  /**
   * A name for people, such as that of the service and its host.
   *
   * @example checkout@web-3
   */
  name?: string;
}

export interface AttachedVerifierView {
  /**
   * Whether the merchant has imported keys. If not, a text in the form of an issued key whose checksum is wrong is no key.
   */
  importsKeys: boolean;
  /**
   * The revision from which on the stream tells of changes, as `after`.
   *
   * @example 48211
   */
  revision: number;
  /**
   * The id.
   *
   * @example 7d0c2c2e-9f0e-4a53-8d2a-6a1f5b0d9a11
   */
  id: string;
  /**
   * The name that it was given; `null` if none.
   *
   * @example checkout@web-3
   */
  name: string | null;
  /**
   * The key by which it was attached.
   *
   * @example 2b7a7f6e-0d3c-4b0e-9c63-0e2f3a1c5d77
   */
  keyId: string;
  /** Whether an instance tells it of changes now. */
  isConnected: boolean;
  /**
   * The uses of keys that it has reported.
   *
   * @example 1840221
   */
  reportedUses: number;
  /**
   * When it last reported uses; `null` if never.
   *
   * @example 2026-11-27T13:30:00.000Z
   */
  reportedAt: string | null;
  /**
   * When it was attached.
   *
   * @example 2026-11-27T09:00:00.000Z
   */
  attachedAt: string;
}

export interface VerifierView {
  /**
   * The id.
   *
   * @example 7d0c2c2e-9f0e-4a53-8d2a-6a1f5b0d9a11
   */
  id: string;
  /**
   * The name that it was given; `null` if none.
   *
   * @example checkout@web-3
   */
  name: string | null;
  /**
   * The key by which it was attached.
   *
   * @example 2b7a7f6e-0d3c-4b0e-9c63-0e2f3a1c5d77
   */
  keyId: string;
  /** Whether an instance tells it of changes now. */
  isConnected: boolean;
  /**
   * The uses of keys that it has reported.
   *
   * @example 1840221
   */
  reportedUses: number;
  /**
   * When it last reported uses; `null` if never.
   *
   * @example 2026-11-27T13:30:00.000Z
   */
  reportedAt: string | null;
  /**
   * When it was attached.
   *
   * @example 2026-11-27T09:00:00.000Z
   */
  attachedAt: string;
}

export interface VerifierPage {
  /** The verifiers on this page, the latest first. */
  items: VerifierView[];
  /**
   * The page, from 1.
   *
   * @example 1
   */
  page: number;
  /**
   * Items per page.
   *
   * @example 20
   */
  limit: number;
  /**
   * The number of items on all pages.
   *
   * @example 1
   */
  totalItems: number;
  /**
   * The number of pages.
   *
   * @example 1
   */
  totalPages: number;
  /** Whether there is a page before this one. */
  hasPreviousPage: boolean;
  /** Whether there is a page after this one. */
  hasNextPage: boolean;
}

export interface VerifierEventView {
  /**
   * The revision up to which the verifier has forgotten, once it has forgotten what this event names.
   *
   * @example 48215
   */
  revision: number;
  /**
   * When the event was written, by the steady clock of the instance that answers, in milliseconds. It says something only within one stream.
   *
   * @example 8123456
   */
  serverTimeMs: number;
  /**
   * In a `lease`, the time after `serverTimeMs` for which the verifier may decide from its memory, in milliseconds.
   *
   * @example 2214
   */
  validForMs?: number;
  /** In a `forget`, what to forget: every answer that depends on one of these ids. */
  forget?: string[];
  /** In a `forget`, whether to forget every answer. */
  everything?: boolean;
  /** In a `forget`, whether the merchant has imported keys since the verifier was attached. */
  importsKeys?: boolean;
}

export interface ChangesView {
  /**
   * The revision up to which the verifier has forgotten, once it has forgotten what this answer names.
   *
   * @example 48215
   */
  revision: number;
  /** What to forget: every answer that depends on one of these ids. */
  forget: string[];
  /** Whether to forget every answer. */
  everything: boolean;
  /** Whether the merchant has imported keys since the verifier was attached. */
  importsKeys: boolean;
  /**
   * The time that the server waited for a change, in milliseconds. The answer was written no earlier than that after the request was sent.
   *
   * @example 1000
   */
  heldMs: number;
  /**
   * The time after the answer was written for which the verifier may decide from its memory, in milliseconds.
   *
   * @example 2214
   */
  validForMs: number;
}

export interface AcknowledgementBody {
  /**
   * The revision up to which the verifier has forgotten what it was told to forget.
   *
   * @example 0
   */
  revision: number;
}

export interface ReportedUseBody {
  /**
   * The credential, as `known.credential` names it.
   *
   * @example ks_live_abc1XYZabc1XYZab
   */
  credential: string;
  /** The outcome. */
  outcome: Outcome;
  /**
   * The number of uses.
   *
   * @example 5210
   */
  count: number;
  /**
   * How long ago the last of them was, in milliseconds; more than an hour counts as an hour.
   *
   * @example 1200
   */
  lastUsedMsAgo: number;
  /** The scopes that were required. */
  scopes?: string[];
  /**
   * The address from which the key was last used.
   *
   * @example 203.0.113.7
   */
  ip?: string;
  /**
   * The `User-Agent` with which the key was last used.
   *
   * @example acme-sdk/2.1
   */
  userAgent?: string;
}

export interface UseReportBody {
  /** The uses, up to 1,000 entries. */
  uses: ReportedUseBody[];
}

export interface UseReportView {
  /**
   * The uses that were counted. Those of keys that don't exist any more are not.
   *
   * @example 5210
   */
  counted: number;
}

export interface AuditActorView {
  /** `account`, `key`, `visitor` (a caller that is not logged in) or `system` (a scheduled job). */
  kind: ActorKind;
  /**
   * The account's integer id.
   *
   * @example 61
   */
  accountId: number | null;
  /**
   * The id of the key that was used; `null` if the actor did not use a key.
   *
   * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
   */
  keyId: string | null;
  /**
   * The id of the account in the list of members; `null` if the actor has no account. Absent from events of earlier versions.
   *
   * @example 0b0a5c0e-7c3e-4f63-9d1b-9f0a4f6a2f10
   */
  memberId?: string | null;
  /**
   * The username that the account had; `null` if the actor has no account. Absent from events of earlier versions.
   *
   * @example ada@shop.example
   */
  username?: string | null;
}

export interface AuditTargetView {
  /**
   * What kind of thing it is.
   *
   * @example api_key
   */
  type: string;
  /**
   * Its id: a UUID, or the number of a job or a link.
   *
   * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
   */
  id: string;
}

export interface AuditEventView {
  /**
   * The id of the event.
   *
   * @example 6d4d7bb0-3f0e-4d4e-8f6b-0d8b7b8f7c55
   */
  id: string;
  /**
   * What happened.
   *
   * @example api_key.deleted
   */
  action: string;
  /** Who did it. */
  actor: AuditActorView;
  /** What it was done to. */
  target: AuditTargetView;
  /**
   * The id of the merchant in whose audit trail the event is.
   *
   * @example 5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11
   */
  merchantId: string;
  /** The details of the event; never a secret. */
  details: Record<string, unknown>;
  /**
   * The address that the request came from; `null` for a job.
   *
   * @example 127.0.0.1
   */
  address: string | null;
  /**
   * The `User-Agent` of the request; `null` if there was none.
   *
   * @example curl/7.88.1
   */
  userAgent: string | null;
  /**
   * The id of the request, as in `X-Request-Id`; `null` for a job.
   *
   * @example req-1
   */
  requestId: string | null;
  /**
   * What `personalDigest` is salted with; `null` once the personal data is erased. Absent from events of earlier versions.
   *
   * @example t2Zr0mCqj5c8yq0bq5w3Qg
   */
  personalSalt?: string | null;
  /**
   * SHA-256, in hex, of `personalSalt` and then, in canonical JSON (RFC 8785), the event's `username` (of its actor), `address`, `userAgent` and, as
   * `details`, those of its details that identify a person. Absent from events of earlier versions.
   *
   * @example 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
   */
  personalDigest?: string;
  /**
   * When it happened.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  createdAt: string;
  /**
   * The event's position in its merchant's chain, starting at 1 without gaps; `null` until the event is sealed, a moment later.
   *
   * @example 42
   */
  sequence: number | null;
  /**
   * The hash of the previous event in the chain, 64 zeros for the first one; `null` until the event is sealed.
   */
  previousHash: string | null;
  /**
   * SHA-256, in hex, of all other properties in canonical JSON (RFC 8785); `null` until the event is sealed. Where there is a `personalDigest`, it stands
   * for the personal data: the hash is made without `personalSalt`, and with `null` for each of the data.
   */
  hash: string | null;
}

export interface AuditEventPage {
  /** The events on this page. */
  items: AuditEventView[];
  /**
   * The page, from 1.
   *
   * @example 1
   */
  page: number;
  /**
   * Items per page.
   *
   * @example 20
   */
  limit: number;
  /**
   * The number of items on all pages.
   *
   * @example 1
   */
  totalItems: number;
  /**
   * The number of pages.
   *
   * @example 1
   */
  totalPages: number;
  /** Whether there is a page before this one. */
  hasPreviousPage: boolean;
  /** Whether there is a page after this one. */
  hasNextPage: boolean;
}

export interface AuditEventPart {
  /** The events in this part. */
  items: AuditEventView[];
  /**
   * The number of items that were requested.
   *
   * @example 20
   */
  limit: number;
  /** The cursor of the next part; `null` at the end of the list. */
  nextCursor: string | null;
}

export interface AuditHeadView {
  /**
   * The position in the chain, from 1.
   *
   * @example 42
   */
  sequence: number;
  /**
   * SHA-256 of the record, in hex.
   *
   * @example 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
   */
  hash: string;
}

export interface AuditProblemView {
  /**
   * A record was changed, removed, moved to another position (`reordered`) or inserted; the record does not have the hash that was stored
   * elsewhere (`rewritten`); or the chain's stored head does not match its last record (`head`).
   */
  kind: AuditProblemKind;
  /**
   * The position in the chain.
   *
   * @example 12
   */
  sequence: number;
  /**
   * The id of the event at that position; `null` if there is none.
   *
   * @example 6d4d7bb0-3f0e-4d4e-8f6b-0d8b7b8f7c55
   */
  eventId: string | null;
  /**
   * The problem, in a sentence.
   *
   * @example Record 12 was removed.
   */
  message: string;
}

export interface AuditVerificationView {
  /** Whether no problems were found. */
  valid: boolean;
  /**
   * The number of events that were checked.
   *
   * @example 42
   */
  entries: number;
  /**
   * The number of events that are not sealed yet.
   *
   * @example 0
   */
  unsealed: number;
  /**
   * The number of events whose personal data was erased.
   *
   * @example 0
   */
  erased: number;
  /**
   * The head of the chain; `null` if the chain is empty. Store it elsewhere, and pass it as `head` to the next verification.
   */
  head: AuditHeadView | null;
  /** The problems that were found, a hundred at most. */
  problems: AuditProblemView[];
}

export interface LivenessView {
  /**
   * Always `ok`: the process answers.
   *
   * @example ok
   */
  status: 'ok';
  /**
   * The version of the server.
   *
   * @example 0.2.0
   */
  version: string;
}

export interface HealthPartView {
  /** Whether the part works. */
  status: HealthPartStatus;
  /**
   * The problem, if the part is down.
   *
   * @example The database does not answer.
   */
  message?: string;
}

export interface HealthPartsView {
  /** Whether the database answers. */
  database: HealthPartView;
  /** Whether the schema of the database is of this version. */
  migrations: HealthPartView;
  /** Whether this instance holds a lease, so that its key cache is valid. */
  lease: HealthPartView;
  /** Whether revocations can be written to the revocation journal. */
  revocation_journal: HealthPartView;
}

export interface ReadinessView {
  /** `error` when a part is down, `shutting_down` after SIGTERM. */
  status: ReadinessStatus;
  /** The state of each part. */
  details: HealthPartsView;
}

export interface NotificationsView {
  /** The events that you are notified of. */
  events: string[];
  /**
   * Whether these are the defaults: deleted keys of the clients surface for every member, keys that expire or are idle for members of level 4
   * and above.
   */
  isDefault: boolean;
  /** The events that you can choose. */
  available: string[];
}

export interface ChooseNotificationsBody {
  /** All events that you want to be notified of; empty for none. */
  events: NotificationType[];
}

export interface CreateWebhookBody {
  /**
   * The URL to deliver to: https, with a public address. Outside production, http is accepted.
   *
   * @example https://example.com/keywright
   */
  url: string;
  /** The event types, groups of types (`api_key.*`), or all (`*`). */
  events: string[];
  /**
   * A description of 1 to 250 characters.
   *
   * @example Tells the shop
   */
  description?: string | null;
  /**
   * Restricts the events to this application and its keys.
   *
   * @example 5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11
   */
  applicationId?: string | null;
}

export interface WebhookWithSecretView {
  /**
   * The secret that signs deliveries, in the form that Standard Webhooks libraries take.
   *
   * @example whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=
   */
  secret: string;
  /**
   * The id of the endpoint.
   *
   * @example 0b0a5c0e-7c3e-4f63-9d1b-9f0a4f6a2f10
   */
  id: string;
  /**
   * The URL that events are delivered to.
   *
   * @example https://example.com/keywright
   */
  url: string;
  /** The event types, groups of types (`api_key.*`), or all (`*`). */
  events: string[];
  /**
   * What the endpoint is for; `null` for no description.
   *
   * @example Tells the shop
   */
  description: string | null;
  /**
   * The application whose events it receives; `null` for all events of the merchant.
   *
   * @example 5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11
   */
  applicationId: string | null;
  /** Whether its owner has enabled it. */
  enabled: boolean;
  /**
   * When the server paused it; further deliveries are parked.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  pausedAt: string | null;
  /** Why the server paused it: a day of failures, or a response of 410 Gone. */
  pauseReason: PauseReason | null;
  /**
   * The number of failed attempts since the last success.
   *
   * @example 0
   */
  consecutiveFailures: number;
  /**
   * Until when deliveries are also signed with the previous secret.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  previousSecretValidUntil: string | null;
  /**
   * When the endpoint was created.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  createdAt: string;
  /**
   * When the endpoint was last changed.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  updatedAt: string;
}

export interface WebhookView {
  /**
   * The id of the endpoint.
   *
   * @example 0b0a5c0e-7c3e-4f63-9d1b-9f0a4f6a2f10
   */
  id: string;
  /**
   * The URL that events are delivered to.
   *
   * @example https://example.com/keywright
   */
  url: string;
  /** The event types, groups of types (`api_key.*`), or all (`*`). */
  events: string[];
  /**
   * What the endpoint is for; `null` for no description.
   *
   * @example Tells the shop
   */
  description: string | null;
  /**
   * The application whose events it receives; `null` for all events of the merchant.
   *
   * @example 5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11
   */
  applicationId: string | null;
  /** Whether its owner has enabled it. */
  enabled: boolean;
  /**
   * When the server paused it; further deliveries are parked.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  pausedAt: string | null;
  /** Why the server paused it: a day of failures, or a response of 410 Gone. */
  pauseReason: PauseReason | null;
  /**
   * The number of failed attempts since the last success.
   *
   * @example 0
   */
  consecutiveFailures: number;
  /**
   * Until when deliveries are also signed with the previous secret.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  previousSecretValidUntil: string | null;
  /**
   * When the endpoint was created.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  createdAt: string;
  /**
   * When the endpoint was last changed.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  updatedAt: string;
}

export interface WebhookPage {
  /** The endpoints on this page. */
  items: WebhookView[];
  /**
   * The page, from 1.
   *
   * @example 1
   */
  page: number;
  /**
   * Items per page.
   *
   * @example 20
   */
  limit: number;
  /**
   * The number of items on all pages.
   *
   * @example 1
   */
  totalItems: number;
  /**
   * The number of pages.
   *
   * @example 1
   */
  totalPages: number;
  /** Whether there is a page before this one. */
  hasPreviousPage: boolean;
  /** Whether there is a page after this one. */
  hasNextPage: boolean;
}

export interface UpdateWebhookBody {
  /**
   * The new URL, also for pending deliveries.
   *
   * @example https://example.com/keywright
   */
  url?: string;
  /** The event types, groups of types (`api_key.*`), or all (`*`). */
  events?: string[];
  /**
   * A description of 1 to 250 characters; `null` removes it.
   *
   * @example Tells the shop
   */
  description?: string | null;
  /**
   * `false` stops deliveries and drops further events. `true` resumes the endpoint, also after a pause by the server, and sends what is parked.
   */
  enabled?: boolean;
}

export interface RotateWebhookSecretBody {
  /**
   * How long deliveries are also signed with the previous secret, in seconds, up to 30 days; by default a day.
   *
   * @example 86400
   */
  overlapSeconds?: number;
}

export interface DeliveryView {
  /**
   * The id, sent as `webhook-id`; the same at every attempt.
   *
   * @example msg_019aa1b2c3d44e1f0a9b8c7d6e5f4a3b2c
   */
  id: string;
  /**
   * The type of the event.
   *
   * @example api_key.rotated
   */
  type: string;
  /**
   * The event's position in your merchant's audit trail; `null` for a test.
   *
   * @example 4711
   */
  sequence: number | null;
  /** Still to be sent, delivered, given up, or parked until the endpoint is resumed. */
  status: DeliveryStatus;
  /**
   * The number of attempts.
   *
   * @example 1
   */
  attempts: number;
  /**
   * The time of the next attempt, while the delivery is pending.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  nextAttemptAt: string | null;
  /**
   * The status of the latest response; `null` if there was none.
   *
   * @example 204
   */
  lastStatusCode: number | null;
  /** Why the latest attempt had no response, or why the response was a failure. */
  lastError: string | null;
  /** The beginning of the latest response's body, at most 500 bytes. */
  lastAnswer: string | null;
  /** The payload. */
  payload: Record<string, unknown>;
  /**
   * When the delivery was created.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  createdAt: string;
  /**
   * When the endpoint accepted it; `null` until then.
   *
   * @example 2026-11-21T13:30:00.412Z
   */
  deliveredAt: string | null;
}

export interface DeliveryPage {
  /** The deliveries on this page. */
  items: DeliveryView[];
  /**
   * The page, from 1.
   *
   * @example 1
   */
  page: number;
  /**
   * Items per page.
   *
   * @example 20
   */
  limit: number;
  /**
   * The number of items on all pages.
   *
   * @example 1
   */
  totalItems: number;
  /**
   * The number of pages.
   *
   * @example 1
   */
  totalPages: number;
  /** Whether there is a page before this one. */
  hasPreviousPage: boolean;
  /** Whether there is a page after this one. */
  hasNextPage: boolean;
}

/** An API key was created. */
export interface ApiKeyCreatedEvent {
  /** The type of the event. */
  type: 'api_key.created';
  /**
   * When it happened.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  timestamp: string;
  /**
   * The event's position in the merchant's audit trail.
   *
   * @example 4711
   */
  sequence: number;
  /** What happened to what, and who did it. */
  data: {
    /**
     * The id of what the event is about.
     *
     * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
     */
    id: string;
    /**
     * The id of the merchant.
     *
     * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
     */
    merchantId: string;
    /** Who did it. */
    actor: AuditActorView;
    /**
     * The id of the application that the key belongs to; `null` for none.
     *
     * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
     */
    applicationId: string | null;
    /** The surface on which the key was created. */
    surface?: Surface;
    /**
     * The key's name or description.
     *
     * @example Production API key for checkout service
     */
    name?: string;
    /**
     * The level of the key, 0 to 8.
     *
     * @example 4
     */
    level?: number;
    /** The scopes that the key is restricted to; `null` means no restriction. */
    scopes?: string[] | null;
    /**
     * Whether the key may rotate itself.
     *
     * @example false
     */
    selfRotate?: boolean;
    /**
     * The service under which the key was created (clients surface).
     *
     * @example 5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11
     */
    serviceId?: string | null;
    /**
     * When the key expires; `null` means never.
     *
     * @example 2026-11-21T13:30:00.000Z
     */
    expiresAt?: string | null;
    /**
     * Present if the payload would exceed 60,000 bytes. The details are left out; the audit trail has them.
     */
    isTooLong?: boolean;
  };
}

/** An API key was changed. */
export interface ApiKeyUpdatedEvent {
  /** The type of the event. */
  type: 'api_key.updated';
  /**
   * When it happened.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  timestamp: string;
  /**
   * The event's position in the merchant's audit trail.
   *
   * @example 4711
   */
  sequence: number;
  /** What happened to what, and who did it. */
  data: {
    /**
     * The id of what the event is about.
     *
     * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
     */
    id: string;
    /**
     * The id of the merchant.
     *
     * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
     */
    merchantId: string;
    /** Who did it. */
    actor: AuditActorView;
    /**
     * The id of the application that the key belongs to; `null` for none.
     *
     * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
     */
    applicationId: string | null;
    /**
     * The public part of the credential.
     *
     * @example abc1XYZabc1XYZab
     */
    publicId?: string;
    /**
     * The public part of the credential before the latest rotation.
     *
     * @example xyz1ABCxyz1ABCxy
     */
    previousPublicId?: string | null;
    /** The surface on which the key was created. */
    surface?: Surface;
    /** The fields that the request named. */
    fields?: string[];
    /** The changed fields, each with its value before and after. */
    changes?: Record<
      string,
      {
        /** The value before the change. */
        from: unknown;
        /** The value after it. */
        to: unknown;
      }
    >;
    /**
     * Whether the key is enabled.
     *
     * @example true
     */
    isActive?: boolean;
    /**
     * The level of the key, 0 to 8.
     *
     * @example 4
     */
    level?: number;
    /** The scopes that the key is restricted to; `null` means no restriction. */
    scopes?: string[] | null;
    /**
     * Present if the payload would exceed 60,000 bytes. The details are left out; the audit trail has them.
     */
    isTooLong?: boolean;
  };
}

/** An API key was disabled. */
export interface ApiKeyDisabledEvent {
  /** The type of the event. */
  type: 'api_key.disabled';
  /**
   * When it happened.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  timestamp: string;
  /**
   * The event's position in the merchant's audit trail.
   *
   * @example 4711
   */
  sequence: number;
  /** What happened to what, and who did it. */
  data: {
    /**
     * The id of what the event is about.
     *
     * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
     */
    id: string;
    /**
     * The id of the merchant.
     *
     * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
     */
    merchantId: string;
    /** Who did it. */
    actor: AuditActorView;
    /**
     * The id of the application that the key belongs to; `null` for none.
     *
     * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
     */
    applicationId: string | null;
    /**
     * The public part of the credential.
     *
     * @example abc1XYZabc1XYZab
     */
    publicId?: string;
    /**
     * The public part of the credential before the latest rotation.
     *
     * @example xyz1ABCxyz1ABCxy
     */
    previousPublicId?: string | null;
    /** The surface on which the key was created. */
    surface?: Surface;
    /** The fields that the request named. */
    fields?: string[];
    /** The changed fields, each with its value before and after. */
    changes?: Record<
      string,
      {
        /** The value before the change. */
        from: unknown;
        /** The value after it. */
        to: unknown;
      }
    >;
    /**
     * Whether the key is enabled.
     *
     * @example true
     */
    isActive?: boolean;
    /**
     * The level of the key, 0 to 8.
     *
     * @example 4
     */
    level?: number;
    /** The scopes that the key is restricted to; `null` means no restriction. */
    scopes?: string[] | null;
    /**
     * Present if the payload would exceed 60,000 bytes. The details are left out; the audit trail has them.
     */
    isTooLong?: boolean;
  };
}

/** An API key got a new credential. */
export interface ApiKeyRotatedEvent {
  /** The type of the event. */
  type: 'api_key.rotated';
  /**
   * When it happened.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  timestamp: string;
  /**
   * The event's position in the merchant's audit trail.
   *
   * @example 4711
   */
  sequence: number;
  /** What happened to what, and who did it. */
  data: {
    /**
     * The id of what the event is about.
     *
     * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
     */
    id: string;
    /**
     * The id of the merchant.
     *
     * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
     */
    merchantId: string;
    /** Who did it. */
    actor: AuditActorView;
    /**
     * The id of the application that the key belongs to; `null` for none.
     *
     * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
     */
    applicationId: string | null;
    /**
     * The public part of the credential.
     *
     * @example abc1XYZabc1XYZab
     */
    publicId?: string;
    /**
     * The public part of the replaced credential.
     *
     * @example xyz1ABCxyz1ABCxy
     */
    previousPublicId?: string;
    /**
     * The public part of a credential replaced before, which expired with this rotation.
     *
     * @example abc
     */
    endedPublicId?: string | null;
    /** When the replaced credential expires. */
    mode?: RotationMode;
    /**
     * How long the replaced credential stays valid at most, in seconds.
     *
     * @example 86400
     */
    overlapSeconds?: number;
    /**
     * After how many seconds without use it expires earlier, with `when_quiet`.
     *
     * @example 3600
     */
    quietSeconds?: number;
    /**
     * When the replaced credential expires, at the latest.
     *
     * @example 2026-11-21T13:30:00.000Z
     */
    validUntil?: string;
    /** The changed fields, each with its value before and after. */
    changes?: Record<
      string,
      {
        /** The value before the change. */
        from: unknown;
        /** The value after it. */
        to: unknown;
      }
    >;
    /**
     * Present if the payload would exceed 60,000 bytes. The details are left out; the audit trail has them.
     */
    isTooLong?: boolean;
  };
}

/** An API key was revoked. */
export interface ApiKeyDeletedEvent {
  /** The type of the event. */
  type: 'api_key.deleted';
  /**
   * When it happened.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  timestamp: string;
  /**
   * The event's position in the merchant's audit trail.
   *
   * @example 4711
   */
  sequence: number;
  /** What happened to what, and who did it. */
  data: {
    /**
     * The id of what the event is about.
     *
     * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
     */
    id: string;
    /**
     * The id of the merchant.
     *
     * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
     */
    merchantId: string;
    /** Who did it. */
    actor: AuditActorView;
    /**
     * The id of the application that the key belongs to; `null` for none.
     *
     * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
     */
    applicationId: string | null;
    /**
     * The public part of the credential.
     *
     * @example abc1XYZabc1XYZab
     */
    publicId?: string;
    /**
     * The public part of the credential before the latest rotation.
     *
     * @example xyz1ABCxyz1ABCxy
     */
    previousPublicId?: string | null;
    /** The surface on which the key was created. */
    surface?: Surface;
    /**
     * The key's name or description.
     *
     * @example Production API key for checkout service
     */
    name?: string;
    /**
     * The level of the key, 0 to 8.
     *
     * @example 4
     */
    level?: number;
    /**
     * Why it was revoked.
     *
     * @example deleted
     */
    reason?: string;
    /**
     * When the key was last verified successfully; `null` means never.
     *
     * @example 2026-11-21T13:30:00.000Z
     */
    lastUsedAt?: string | null;
    /**
     * Present if the payload would exceed 60,000 bytes. The details are left out; the audit trail has them.
     */
    isTooLong?: boolean;
  };
}

/** An API key is about to expire. */
export interface ApiKeyExpiringEvent {
  /** The type of the event. */
  type: 'api_key.expiring';
  /**
   * When it happened.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  timestamp: string;
  /**
   * The event's position in the merchant's audit trail.
   *
   * @example 4711
   */
  sequence: number;
  /** What happened to what, and who did it. */
  data: {
    /**
     * The id of what the event is about.
     *
     * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
     */
    id: string;
    /**
     * The id of the merchant.
     *
     * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
     */
    merchantId: string;
    /** Who did it. */
    actor: AuditActorView;
    /**
     * The id of the application that the key belongs to; `null` for none.
     *
     * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
     */
    applicationId: string | null;
    /**
     * The public part of the credential.
     *
     * @example abc1XYZabc1XYZab
     */
    publicId?: string;
    /** The surface on which the key was created. */
    surface?: Surface;
    /**
     * The key's name or description.
     *
     * @example Production API key for checkout service
     */
    name?: string;
    /**
     * The level of the key, 0 to 8.
     *
     * @example 4
     */
    level?: number;
    /**
     * When the key expires.
     *
     * @example 2026-11-21T13:30:00.000Z
     */
    expiresAt?: string;
    /**
     * The number of days until then.
     *
     * @example 7
     */
    daysLeft?: number;
    /**
     * Present if the payload would exceed 60,000 bytes. The details are left out; the audit trail has them.
     */
    isTooLong?: boolean;
  };
}

/** An API key has expired. */
export interface ApiKeyExpiredEvent {
  /** The type of the event. */
  type: 'api_key.expired';
  /**
   * When it happened.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  timestamp: string;
  /**
   * The event's position in the merchant's audit trail.
   *
   * @example 4711
   */
  sequence: number;
  /** What happened to what, and who did it. */
  data: {
    /**
     * The id of what the event is about.
     *
     * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
     */
    id: string;
    /**
     * The id of the merchant.
     *
     * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
     */
    merchantId: string;
    /** Who did it. */
    actor: AuditActorView;
    /**
     * The id of the application that the key belongs to; `null` for none.
     *
     * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
     */
    applicationId: string | null;
    /**
     * The public part of the credential.
     *
     * @example abc1XYZabc1XYZab
     */
    publicId?: string;
    /** The surface on which the key was created. */
    surface?: Surface;
    /**
     * The key's name or description.
     *
     * @example Production API key for checkout service
     */
    name?: string;
    /**
     * The level of the key, 0 to 8.
     *
     * @example 4
     */
    level?: number;
    /**
     * When the key expires.
     *
     * @example 2026-11-21T13:30:00.000Z
     */
    expiresAt?: string;
    /**
     * Present if the payload would exceed 60,000 bytes. The details are left out; the audit trail has them.
     */
    isTooLong?: boolean;
  };
}

/** An API key was used for the first time. */
export interface ApiKeyFirstUsedEvent {
  /** The type of the event. */
  type: 'api_key.first_used';
  /**
   * When it happened.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  timestamp: string;
  /**
   * The event's position in the merchant's audit trail.
   *
   * @example 4711
   */
  sequence: number;
  /** What happened to what, and who did it. */
  data: {
    /**
     * The id of what the event is about.
     *
     * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
     */
    id: string;
    /**
     * The id of the merchant.
     *
     * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
     */
    merchantId: string;
    /** Who did it. */
    actor: AuditActorView;
    /**
     * The id of the application that the key belongs to; `null` for none.
     *
     * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
     */
    applicationId: string | null;
    /** The surface on which the key was created. */
    surface?: Surface;
    /**
     * The key's name or description.
     *
     * @example Production API key for checkout service
     */
    name?: string;
    /**
     * When the key was first verified successfully.
     *
     * @example 2026-11-21T13:30:00.000Z
     */
    lastUsedAt?: string;
    /**
     * Present if the payload would exceed 60,000 bytes. The details are left out; the audit trail has them.
     */
    isTooLong?: boolean;
  };
}

/** An API key was found where it should not be. */
export interface ApiKeyExposedEvent {
  /** The type of the event. */
  type: 'api_key.exposed';
  /**
   * When it happened.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  timestamp: string;
  /**
   * The event's position in the merchant's audit trail.
   *
   * @example 4711
   */
  sequence: number;
  /** What happened to what, and who did it. */
  data: {
    /**
     * The id of what the event is about.
     *
     * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
     */
    id: string;
    /**
     * The id of the merchant.
     *
     * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
     */
    merchantId: string;
    /** Who did it. */
    actor: AuditActorView;
    /**
     * The id of the application that the key belongs to; `null` for none.
     *
     * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
     */
    applicationId: string | null;
    /**
     * The public part of the credential.
     *
     * @example abc1XYZabc1XYZab
     */
    publicId?: string;
    /**
     * The first 12 characters of the full key.
     *
     * @example ks_live_abc1
     */
    keyPrefix?: string;
    /** The surface on which the key was created. */
    surface?: Surface;
    /**
     * The key's name or description.
     *
     * @example Production API key for checkout service
     */
    name?: string;
    /** How the exposure was discovered. */
    source?: ExposureSource;
    /**
     * Where the key was found; `null` if that is not known.
     *
     * @example https://paste.example/x7Fq
     */
    where?: string | null;
    /** The merchant's reaction. */
    policy?: SightingReaction;
    /** What was done. */
    action?: ExposureAction;
    /**
     * Present if the payload would exceed 60,000 bytes. The details are left out; the audit trail has them.
     */
    isTooLong?: boolean;
  };
}

/** An API key has not been used for some time. */
export interface ApiKeyIdleEvent {
  /** The type of the event. */
  type: 'api_key.idle';
  /**
   * When it happened.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  timestamp: string;
  /**
   * The event's position in the merchant's audit trail.
   *
   * @example 4711
   */
  sequence: number;
  /** What happened to what, and who did it. */
  data: {
    /**
     * The id of what the event is about.
     *
     * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
     */
    id: string;
    /**
     * The id of the merchant.
     *
     * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
     */
    merchantId: string;
    /** Who did it. */
    actor: AuditActorView;
    /**
     * The id of the application that the key belongs to; `null` for none.
     *
     * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
     */
    applicationId: string | null;
    /**
     * The public part of the credential.
     *
     * @example abc1XYZabc1XYZab
     */
    publicId?: string;
    /** The surface on which the key was created. */
    surface?: Surface;
    /**
     * The key's name or description.
     *
     * @example Production API key for checkout service
     */
    name?: string;
    /**
     * The level of the key, 0 to 8.
     *
     * @example 4
     */
    level?: number;
    /**
     * When the key was last verified successfully; `null` means never.
     *
     * @example 2026-11-21T13:30:00.000Z
     */
    lastUsedAt?: string | null;
    /**
     * When the key will be disabled; `null` means never.
     *
     * @example 2026-11-21T13:30:00.000Z
     */
    disabledAt?: string | null;
    /**
     * When the key will be deleted; `null` means never.
     *
     * @example 2026-11-21T13:30:00.000Z
     */
    deletedAt?: string | null;
    /**
     * Present if the payload would exceed 60,000 bytes. The details are left out; the audit trail has them.
     */
    isTooLong?: boolean;
  };
}

/** An application was created. */
export interface ApplicationCreatedEvent {
  /** The type of the event. */
  type: 'application.created';
  /**
   * When it happened.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  timestamp: string;
  /**
   * The event's position in the merchant's audit trail.
   *
   * @example 4711
   */
  sequence: number;
  /** What happened to what, and who did it. */
  data: {
    /**
     * The id of what the event is about.
     *
     * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
     */
    id: string;
    /**
     * The id of the merchant.
     *
     * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
     */
    merchantId: string;
    /** Who did it. */
    actor: AuditActorView;
    /**
     * The name.
     *
     * @example UK store
     */
    name?: string;
    /** The environment. */
    environment?: Environment;
    /**
     * Present if the payload would exceed 60,000 bytes. The details are left out; the audit trail has them.
     */
    isTooLong?: boolean;
  };
}

/** An application was changed, enabled or disabled. */
export interface ApplicationUpdatedEvent {
  /** The type of the event. */
  type: 'application.updated';
  /**
   * When it happened.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  timestamp: string;
  /**
   * The event's position in the merchant's audit trail.
   *
   * @example 4711
   */
  sequence: number;
  /** What happened to what, and who did it. */
  data: {
    /**
     * The id of what the event is about.
     *
     * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
     */
    id: string;
    /**
     * The id of the merchant.
     *
     * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
     */
    merchantId: string;
    /** Who did it. */
    actor: AuditActorView;
    /** The fields that the request named. */
    fields?: string[];
    /** Whether the application's keys are accepted, if that was set. */
    isEnabled?: boolean;
    /** The changed fields, each with its value before and after. */
    changes?: Record<
      string,
      {
        /** The value before the change. */
        from: unknown;
        /** The value after it. */
        to: unknown;
      }
    >;
    /**
     * Present if the payload would exceed 60,000 bytes. The details are left out; the audit trail has them.
     */
    isTooLong?: boolean;
  };
}

/** An application was deleted, with all its keys. */
export interface ApplicationDeletedEvent {
  /** The type of the event. */
  type: 'application.deleted';
  /**
   * When it happened.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  timestamp: string;
  /**
   * The event's position in the merchant's audit trail.
   *
   * @example 4711
   */
  sequence: number;
  /** What happened to what, and who did it. */
  data: {
    /**
     * The id of what the event is about.
     *
     * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
     */
    id: string;
    /**
     * The id of the merchant.
     *
     * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
     */
    merchantId: string;
    /** Who did it. */
    actor: AuditActorView;
    /**
     * The name.
     *
     * @example UK store
     */
    name?: string;
    /**
     * Present if the payload would exceed 60,000 bytes. The details are left out; the audit trail has them.
     */
    isTooLong?: boolean;
  };
}

/** A member was invited. */
export interface MemberInvitedEvent {
  /** The type of the event. */
  type: 'member.invited';
  /**
   * When it happened.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  timestamp: string;
  /**
   * The event's position in the merchant's audit trail.
   *
   * @example 4711
   */
  sequence: number;
  /** What happened to what, and who did it. */
  data: {
    /**
     * The id of what the event is about.
     *
     * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
     */
    id: string;
    /**
     * The id of the merchant.
     *
     * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
     */
    merchantId: string;
    /** Who did it. */
    actor: AuditActorView;
    /**
     * The e-mail address.
     *
     * @example dev@shop.example
     */
    email?: string;
    /**
     * The role, which determines the level.
     *
     * @example readOnly
     */
    role?: string;
    /**
     * The status: 1 active, 0 invited, -1 disabled, -2 blocked.
     *
     * @example 1
     */
    status?: number;
    /**
     * Present if the payload would exceed 60,000 bytes. The details are left out; the audit trail has them.
     */
    isTooLong?: boolean;
  };
}

/** A member signed up. */
export interface MemberJoinedEvent {
  /** The type of the event. */
  type: 'member.joined';
  /**
   * When it happened.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  timestamp: string;
  /**
   * The event's position in the merchant's audit trail.
   *
   * @example 4711
   */
  sequence: number;
  /** What happened to what, and who did it. */
  data: {
    /**
     * The id of what the event is about.
     *
     * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
     */
    id: string;
    /**
     * The id of the merchant.
     *
     * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
     */
    merchantId: string;
    /** Who did it. */
    actor: AuditActorView;
    /**
     * The e-mail address.
     *
     * @example dev@shop.example
     */
    email?: string;
    /**
     * The role, which determines the level.
     *
     * @example readOnly
     */
    role?: string;
    /**
     * The status: 1 active, 0 invited, -1 disabled, -2 blocked.
     *
     * @example 1
     */
    status?: number;
    /** The fields that the request named. */
    fields?: string[];
    /** The changed fields, each with its value before and after. */
    changes?: Record<
      string,
      {
        /** The value before the change. */
        from: unknown;
        /** The value after it. */
        to: unknown;
      }
    >;
    /**
     * The version of the terms that the person agreed to; 0 means none.
     *
     * @example 1
     */
    consent?: number;
    /**
     * Present if the payload would exceed 60,000 bytes. The details are left out; the audit trail has them.
     */
    isTooLong?: boolean;
  };
}

/** A member was changed. */
export interface MemberUpdatedEvent {
  /** The type of the event. */
  type: 'member.updated';
  /**
   * When it happened.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  timestamp: string;
  /**
   * The event's position in the merchant's audit trail.
   *
   * @example 4711
   */
  sequence: number;
  /** What happened to what, and who did it. */
  data: {
    /**
     * The id of what the event is about.
     *
     * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
     */
    id: string;
    /**
     * The id of the merchant.
     *
     * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
     */
    merchantId: string;
    /** Who did it. */
    actor: AuditActorView;
    /** The fields that the request named. */
    fields?: string[];
    /** The changed fields, each with its value before and after. */
    changes?: Record<
      string,
      {
        /** The value before the change. */
        from: unknown;
        /** The value after it. */
        to: unknown;
      }
    >;
    /**
     * The role, which determines the level.
     *
     * @example readOnly
     */
    role?: string;
    /**
     * The status: 1 active, 0 invited, -1 disabled, -2 blocked.
     *
     * @example 1
     */
    status?: number;
    /**
     * The version of the terms that the person agreed to; 0 means none.
     *
     * @example 1
     */
    consent?: number;
    /**
     * Present if the payload would exceed 60,000 bytes. The details are left out; the audit trail has them.
     */
    isTooLong?: boolean;
  };
}

/** A member was removed. */
export interface MemberRemovedEvent {
  /** The type of the event. */
  type: 'member.removed';
  /**
   * When it happened.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  timestamp: string;
  /**
   * The event's position in the merchant's audit trail.
   *
   * @example 4711
   */
  sequence: number;
  /** What happened to what, and who did it. */
  data: {
    /**
     * The id of what the event is about.
     *
     * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
     */
    id: string;
    /**
     * The id of the merchant.
     *
     * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
     */
    merchantId: string;
    /** Who did it. */
    actor: AuditActorView;
    /**
     * The role, which determines the level.
     *
     * @example readOnly
     */
    role?: string;
    /**
     * Present if the payload would exceed 60,000 bytes. The details are left out; the audit trail has them.
     */
    isTooLong?: boolean;
  };
}

/** A key has used up a part of its quota. */
export interface QuotaThresholdEvent {
  /** The type of the event. */
  type: 'quota.threshold';
  /**
   * When it happened.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  timestamp: string;
  /**
   * The event's position in the merchant's audit trail.
   *
   * @example 4711
   */
  sequence: number;
  /** What happened to what, and who did it. */
  data: {
    /**
     * The id of what the event is about.
     *
     * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
     */
    id: string;
    /**
     * The id of the merchant.
     *
     * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
     */
    merchantId: string;
    /** Who did it. */
    actor: AuditActorView;
    /**
     * The id of the application that the key belongs to; `null` for none.
     *
     * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
     */
    applicationId: string | null;
    /**
     * The key's name or description.
     *
     * @example Production API key for checkout service
     */
    name?: string;
    /**
     * The part of the quota, in percent.
     *
     * @example 80
     */
    percent?: number;
    /**
     * The requests in this period.
     *
     * @example 80000
     */
    used?: number;
    /**
     * The requests that the quota allows in a period.
     *
     * @example 100000
     */
    limit?: number;
    /** The period. */
    period?: QuotaPeriod;
    /**
     * When the period began.
     *
     * @example 2026-11-21T13:30:00.000Z
     */
    periodStart?: string;
    /**
     * Present if the payload would exceed 60,000 bytes. The details are left out; the audit trail has them.
     */
    isTooLong?: boolean;
  };
}

/** Another endpoint was paused by the server. */
export interface WebhookPausedEvent {
  /** The type of the event. */
  type: 'webhook.paused';
  /**
   * When it happened.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  timestamp: string;
  /**
   * The event's position in the merchant's audit trail.
   *
   * @example 4711
   */
  sequence: number;
  /** What happened to what, and who did it. */
  data: {
    /**
     * The id of what the event is about.
     *
     * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
     */
    id: string;
    /**
     * The id of the merchant.
     *
     * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
     */
    merchantId: string;
    /** Who did it. */
    actor: AuditActorView;
    /**
     * The host of the paused endpoint.
     *
     * @example hooks.shop.example
     */
    host?: string;
    /** Why it was paused. */
    reason?: PauseReason;
    /**
     * The number of failed attempts since the last success.
     *
     * @example 40
     */
    consecutiveFailures?: number;
    /**
     * The id of the member who created the endpoint.
     *
     * @example 5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11
     */
    ownerId?: string | null;
    /**
     * Present if the payload would exceed 60,000 bytes. The details are left out; the audit trail has them.
     */
    isTooLong?: boolean;
  };
}

/** A test was requested. */
export interface WebhookTestEvent {
  /** The type of the event. */
  type: 'webhook.test';
  /**
   * When it happened.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  timestamp: string;
  /** Always `null`: a test has no place in the audit trail. */
  sequence: null;
  /** What happened to what, and who did it. */
  data: {
    /**
     * The id of the endpoint.
     *
     * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
     */
    id: string;
    /**
     * The id of the merchant.
     *
     * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
     */
    merchantId: string;
  };
}

/** A refusal on the clients surface. */
export interface ClientsError {
  /**
   * The HTTP status.
   *
   * @example 401
   */
  status: number;
  /**
   * What is wrong.
   *
   * @example Invalid JWT token
   */
  message: string;
  /** Null, except where a login has to go on. */
  data: {
    /** If the login needs a second step: what it has to answer. */
    secondFactor?: SecondFactorChallenge;
  } | null;
}

/** A refusal on the merchants surface. */
export interface MerchantsError {
  /**
   * The status's name.
   *
   * @example Bad Request
   */
  error: string;
  /**
   * What is wrong.
   *
   * @example The request contains invalid parameters or malformed data
   */
  message: string;
  /**
   * The HTTP status.
   *
   * @example 400
   */
  code: number;
  /** What is wrong with which field. */
  details?: {
    /**
     * The field.
     *
     * @example description
     */
    field: string;
    /**
     * What is wrong with it.
     *
     * @example must be a text
     */
    message: string;
  }[];
  /** If the login needs a second step: what it has to answer. */
  secondFactor?: SecondFactorChallenge;
}

/** A refusal on the accounts surface. */
export interface AccountsError {
  /** Always `error`. */
  result: 'error';
  /**
   * What is wrong, in one word.
   *
   * @example nameMissing
   */
  error: string;
  /** If the login needs a second step: what it has to answer. */
  secondFactor?: SecondFactorChallenge;
}

/** A refusal on the OAuth routes (RFC 6749, section 5.2). */
export interface OAuthError {
  /**
   * What is wrong, in one word.
   *
   * @example invalid_client
   */
  error: string;
  /**
   * What is wrong, in a sentence.
   *
   * @example The credential is missing or invalid.
   */
  error_description: string;
}

/** What the second step of a login has to answer, by one of the methods. */
export interface SecondFactorChallenge {
  /**
   * Goes with the answer, and is valid once.
   *
   * @example o1b5Zk0mYqYbR3J8k2hVw4Xc7TnD6uGsLePfAiNzQyE
   */
  challenge: string;
  /** The methods that the account has, any of which will do. */
  methods: SecondFactorMethod[];
  /**
   * The time for the answer, in seconds.
   *
   * @example 300
   */
  expiresIn: number;
  /**
   * If there is a passkey: the argument of WebAuthn's `PublicKeyCredential.parseRequestOptionsFromJSON()`.
   */
  passkeyOptions?: Record<string, unknown>;
}

/** The code of an error, for programs. */
export type ErrorCode =
  | 'access.account_inactive'
  | 'access.consent_lacking'
  | 'access.level_lacking'
  | 'access.login_too_old'
  | 'access.other_owner'
  | 'access.scope_lacking'
  | 'access.second_factor_lacking'
  | 'access.stronger_key'
  | 'api_key.expiry_required'
  | 'api_key.level_too_high'
  | 'api_key.life_too_long'
  | 'api_key.limit_reached'
  | 'api_key.no_quota'
  | 'api_key.not_found'
  | 'api_key.not_rotatable'
  | 'api_key.overlap_running'
  | 'api_key.scopes_not_given'
  | 'api_key.scopes_not_held'
  | 'api_key.self_rotation_not_allowed'
  | 'api_key.taken'
  | 'application.limit_reached'
  | 'application.name_taken'
  | 'application.not_found'
  | 'bulk.count_differs'
  | 'confirmation.not_found'
  | 'credential.ambiguous'
  | 'credential.expired'
  | 'credential.in_query'
  | 'credential.invalid'
  | 'email.taken'
  | 'exposure.not_signed'
  | 'idempotency.key_reused'
  | 'idempotency.under_way'
  | 'import.too_many_formats'
  | 'import_format.in_use'
  | 'import_format.not_found'
  | 'internal'
  | 'job.not_found'
  | 'job.running'
  | 'link.gone'
  | 'login.challenge_gone'
  | 'login.failed'
  | 'login.second_factor_failed'
  | 'login.second_factor_required'
  | 'login.throttled'
  | 'mail.unavailable'
  | 'member.invited'
  | 'member.last_admin'
  | 'member.last_manager'
  | 'member.limit_reached'
  | 'member.not_found'
  | 'merchant.deleting'
  | 'merchant.not_found'
  | 'merchant.operators'
  | 'merchant.own'
  | 'oauth.invalid_scope'
  | 'oauth.unauthorized_client'
  | 'oauth.unsupported_grant_type'
  | 'oidc.account_unknown'
  | 'oidc.code_invalid'
  | 'oidc.denied'
  | 'oidc.domain_not_allowed'
  | 'oidc.email_unverified'
  | 'oidc.expired'
  | 'oidc.issuer_mismatch'
  | 'oidc.nonce_mismatch'
  | 'oidc.role_missing'
  | 'oidc.state_invalid'
  | 'oidc.subject_mismatch'
  | 'oidc.token_invalid'
  | 'passkey.refused'
  | 'passkey.taken'
  | 'password.current_missing'
  | 'password.current_wrong'
  | 'password.not_allowed'
  | 'password.too_short'
  | 'portal_session.action_not_allowed'
  | 'portal_session.key_limit_reached'
  | 'portal_session.link_invalid'
  | 'portal_session.not_found'
  | 'precondition.failed'
  | 'quota.exceeded'
  | 'request.body_missing'
  | 'request.head_too_large'
  | 'request.invalid'
  | 'request.malformed'
  | 'request.rate_limited'
  | 'request.timeout'
  | 'request.too_large'
  | 'request.unsupported_media_type'
  | 'route.not_found'
  | 'second_factor.code_wrong'
  | 'second_factor.demanded'
  | 'second_factor.limit_reached'
  | 'second_factor.not_found'
  | 'second_factor.own'
  | 'service_id.invalid'
  | 'session.cross_origin'
  | 'session.not_found'
  | 'shared_limit.limit_reached'
  | 'shared_limit.not_found'
  | 'signup.closed'
  | 'unavailable'
  | 'username.free'
  | 'username.taken'
  | 'verifier.limit_reached'
  | 'verifier.not_found'
  | 'webhook.limit_reached'
  | 'webhook.not_found'
  | 'webhook_delivery.not_found'
  | 'webhook_delivery.under_way';

export type KeysOfMember = 'keep' | 'suspend';

export type AccountsResult = 'created' | 'success';

export type ClientKeyStatus = 'active' | 'inactive';

export type KeyStatusFilter = 'active' | 'disabled' | 'expired' | 'expiring' | 'rotating' | 'unused';

export type Environment = 'live' | 'test';

export type Surface = 'accounts' | 'clients' | 'merchants';

export type ExposureSource = 'github' | 'http' | 'query' | 'report';

export type KeySort =
  '-createdAt' | '-expiresAt' | '-lastUsedAt' | '-name' | 'createdAt' | 'expiresAt' | 'lastUsedAt' | 'name';

export type UsageInterval = 'day' | 'hour';

export type UsageGrouping = 'application' | 'key' | 'outcome';

export type AuditTargetType =
  'account' | 'api_key' | 'application' | 'import' | 'job' | 'link' | 'merchant' | 'service' | 'webhook';

export type DeliveryStatus = 'delivered' | 'failed' | 'parked' | 'pending';

export type Outcome =
  | 'APPLICATION_DISABLED'
  | 'DISABLED'
  | 'EXPIRED'
  | 'INSUFFICIENT_LEVEL'
  | 'IP_NOT_ALLOWED'
  | 'MISSING_SCOPE'
  | 'NOT_FOUND'
  | 'OWNER_DISABLED'
  | 'QUOTA_EXCEEDED'
  | 'RATE_LIMITED'
  | 'VALID';

export type VerifyKeyLimitedBy = 'externalId' | 'key';

export type Language = 'de' | 'en' | 'es' | 'fr' | 'nl';

export type Role = 'admin' | 'bughunter' | 'readOnly' | 'readSome' | 'support' | 'user' | 'writeSome';

export type JobOutcome = 'completed' | 'failed' | 'stopped';

export type MerchantStatus = 'active' | 'blocked' | 'deleting';

export type UpdateMerchantStatus = 'active' | 'blocked';

export type MemberStatus = 'active' | 'disabled' | 'invited';

export type SignUpUnittest = false | true;

export type QuotaPeriod = 'day' | 'month';

export type KeyStatus = 'active' | 'disabled' | 'expired';

export type RotationMode = 'after_overlap' | 'immediately' | 'on_first_use' | 'when_quiet';

export type HygieneFindingKind =
  'expiring' | 'exposed' | 'idle' | 'neverExpires' | 'neverUsed' | 'overScoped' | 'ownerGone' | 'plainHttp';

export type HashAlgorithm = 'argon2' | 'bcrypt' | 'hmac-sha256' | 'sha256';

export type HashEncoding = 'base64' | 'base64url' | 'hex';

export type PepperEncoding = 'base64' | 'base64url' | 'hex' | 'utf8';

export type ImportFormatKind = 'hmac-sha256' | 'prefix' | 'sha256';

export type SelfRotationMode = 'after_overlap' | 'on_first_use' | 'when_quiet';

export type OwnPortalSessionAllow = 'create' | 'list' | 'revoke' | 'rotate';

export type SharedSurface = 'clients' | 'merchants';

export type MemberStatusChange = 'active' | 'disabled';

export type ExportLineType =
  | 'account'
  | 'api_key'
  | 'application'
  | 'audit_event'
  | 'export'
  | 'identity'
  | 'member'
  | 'merchant'
  | 'passkey'
  | 'personal_key'
  | 'session'
  | 'shared_limit'
  | 'webhook';

export type ExposureReaction = 'disable' | 'notify' | 'revoke';

export type SightingReaction = 'disable' | 'notify' | 'off' | 'revoke';

export type ActorKind = 'account' | 'key' | 'system' | 'visitor';

export type AuditProblemKind = 'changed' | 'head' | 'inserted' | 'removed' | 'reordered' | 'rewritten';

export type HealthPartStatus = 'down' | 'up';

export type ReadinessStatus = 'error' | 'ok' | 'shutting_down';

export type NotificationType =
  | 'api_key.created'
  | 'api_key.deleted'
  | 'api_key.disabled'
  | 'api_key.expired'
  | 'api_key.expiring'
  | 'api_key.exposed'
  | 'api_key.first_used'
  | 'api_key.idle'
  | 'api_key.rotated'
  | 'api_key.updated'
  | 'application.created'
  | 'application.deleted'
  | 'application.updated'
  | 'member.invited'
  | 'member.joined'
  | 'member.removed'
  | 'member.updated'
  | 'quota.threshold';

export type PauseReason = 'failing' | 'gone';

export type ExposureAction = 'disabled' | 'none' | 'revoked';

export type SecondFactorMethod = 'passkey' | 'recoveryCode' | 'totp';
