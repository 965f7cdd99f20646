import { IsNotEmpty, IsObject, IsOptional, Matches } from 'class-validator';
import { IsText } from '../../platform/validation/text.js';

/** Describes a passkey in a path, with an example. */
export const PASSKEY_ID = [
  "The passkey's id.",
  '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
] as const;

/** A code as an app shows it: six digits, with or without a space in the middle. */
export const CODE = /^\d{3} ?\d{3}$/;

/** The proof that the owner of the account is at work. */
export class OwnerBody {
  /**
   * The current password, which is required once the account has one.
   * @example "correct horse battery"
   */
  @IsOptional()
  @Matches(/^[^\0]{1,200}$/u, { message: 'currentPassword must be a text of 1 to 200 characters' })
  currentPassword?: string;
}

/** A first code. */
export class ConfirmTotpBody {
  /**
   * The six digits that the app shows.
   * @example "492039"
   */
  @Matches(CODE, { message: 'code must be six digits' })
  @IsNotEmpty({ message: 'code is required' })
  code: string;
}

/** A passkey to register. */
export class CreatePasskeyBody {
  /**
   * A name by which you know it: 1 to 100 characters.
   * @example "Office key"
   */
  @IsText(100)
  name: string;

  /**
   * What the browser answers to the options: `RegistrationResponseJSON` of WebAuthn, as `PublicKeyCredential.toJSON()` returns it.
   * @example { "id": "bXkta2V5", "rawId": "bXkta2V5", "type": "public-key", "response": { "clientDataJSON": "e30", "attestationObject": "oA" }, "clientExtensionResults": {} }
   */
  @IsObject()
  response: Record<string, unknown>;
}

/** An authenticator app that is in force. */
export class TotpView {
  /** When its first code was accepted. */
  createdAt: string;
}

/** A secret for an authenticator app, which is not in force yet. */
export class NewTotpView {
  /**
   * The secret, in base 32.
   * @example "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
   */
  secret: string;

  /**
   * The same as a URI, for a QR code.
   * @example "otpauth://totp/Keywright:ada?issuer=Keywright&secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&algorithm=SHA1&digits=6&period=30"
   */
  uri: string;
}

export class PasskeyView {
  /**
   * The id of the passkey: a SHA-256 digest, in hex.
   * @example "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
   */
  id: string;

  /**
   * The name by which its owner knows it.
   * @example "Office key"
   */
  name: string;

  /** When the passkey was registered. */
  createdAt: string;

  /** The latest login with it; `null` before the first. */
  lastUsedAt: string | null;
}

/** Which second factors an account has. */
export class SecondFactorView {
  /** Whether the account must have a second factor: its merchant or the operator demands it. */
  isDemanded: boolean;

  /** The authenticator app; `null` if there is none. */
  totp: TotpView | null;

  /** The passkeys. */
  passkeys: PasskeyView[];

  /**
   * The number of recovery codes that have not been used.
   * @example 10
   */
  recoveryCodesLeft: number;
}

/** Recovery codes, in this answer only. */
export class RecoveryCodesView {
  /**
   * Each code replaces a second factor once.
   * @example ["7K3WM-0Q9TZ-XR2AF-5HJ8C-B4N6E"]
   */
  recoveryCodes: string[];
}

/** The authenticator app is in force. */
export class ConfirmedTotpView {
  /**
   * If it is the first second factor: recovery codes, in this answer only. Each replaces a second factor once. Otherwise `null`.
   * @example ["7K3WM-0Q9TZ-XR2AF-5HJ8C-B4N6E"]
   */
  recoveryCodes: string[] | null;
}

/** A passkey that has been registered. */
export class NewPasskeyView extends PasskeyView {
  /**
   * If it is the first second factor: recovery codes, in this answer only. Each replaces a second factor once. Otherwise `null`.
   * @example ["7K3WM-0Q9TZ-XR2AF-5HJ8C-B4N6E"]
   */
  recoveryCodes: string[] | null;
}

/** What the browser needs to create a passkey: WebAuthn's `PublicKeyCredentialCreationOptionsJSON`. */
export class PasskeyOptionsView {
  /**
   * The argument of `PublicKeyCredential.parseCreationOptionsFromJSON()`.
   * @example { "rp": { "name": "Keywright", "id": "keys.example.com" }, "challenge": "o1b5…" }
   */
  publicKey: Record<string, unknown>;
}
