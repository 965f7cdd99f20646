import { IsNotEmpty, IsString } from 'class-validator';

/** A login on the clients and merchants surfaces. */
export class LoginBody {
  /**
   * The user name or the e-mail address.
   * @example "admin"
   */
  @IsString()
  @IsNotEmpty({ message: 'username is required' })
  username: string;

  /**
   * The password.
   * @example "correct horse battery"
   */
  @IsString()
  @IsNotEmpty({ message: 'password is required' })
  password: string;
}

/** The account that has logged in, as the clients surface shows it. */
export class ClientUserView {
  /**
   * The id of the account.
   * @example "0b0a5c0e-7c3e-4f63-9d1b-9f0a4f6a2f10"
   */
  id: string;

  /**
   * The client's eight-digit id.
   * @example "17765423"
   */
  client_id: string;

  /**
   * The username.
   * @example "admin"
   */
  username: string;

  /**
   * The e-mail address.
   * @example "admin@localhost"
   */
  email: string;

  /**
   * The role, which determines the level.
   * @example "admin"
   */
  role: string;

  /**
   * Always 1: a disabled account cannot log in.
   * @example 1
   */
  is_active: number;

  /** Always null. */
  msisdn: string | null;

  /**
   * When the account was created.
   * @example "2026-11-21T13:30:00.000Z"
   */
  created_at: string;

  /**
   * When the account was last changed.
   * @example "2026-11-21T13:30:00.000Z"
   */
  updated_at: string;

  /** Always null: a deleted account cannot log in. */
  deleted_at: string | null;
}

export class ClientLoginView {
  /**
   * The login token, for `Authorization: Bearer`.
   * @example "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.sIgNaTuRe"
   */
  token: string;

  /** The account that has logged in. */
  user: ClientUserView;
}

export class MerchantLoginView {
  /**
   * The login token, for `Authorization: Bearer`.
   * @example "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.sIgNaTuRe"
   */
  accessToken: string;

  /** How the token is sent: as `Authorization: Bearer`. */
  tokenType: 'Bearer';

  /**
   * The lifetime of the token, in seconds.
   * @example 3600
   */
  expiresIn: number;
}
