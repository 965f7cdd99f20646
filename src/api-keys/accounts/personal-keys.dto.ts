import { OmitType } from '@nestjs/swagger';
import { IsInt, IsNotEmpty, IsNumber, Max, Min, NotEquals } from 'class-validator';
import { MAX_LEVEL } from '../../access/levels.js';
import { IsText } from '../../platform/validation/text.js';

/** A personal key is valid for a year at most. */
const MAX_SECONDS = 31_536_000;

/** The properties of a new personal key. The validators of a property run from the last to the first. */
export class CreatePersonalKeyBody {
  /**
   * The name of the key.
   * @example "My first API key"
   */
  @IsText(100, { message: 'invalidName' })
  @IsNotEmpty({ message: 'nameMissing' })
  name: string;

  /**
   * The level of the key, 0 to 8, which bounds what it may do. It must not exceed your own.
   * @example 4
   */
  @Max(MAX_LEVEL, { message: 'invalidLevel' })
  @Min(0, { message: 'invalidLevel' })
  @IsInt({ message: 'invalidLevel' })
  @IsNumber({ allowNaN: true, allowInfinity: true }, { message: 'levelNotNumeric' })
  @IsNotEmpty({ message: 'levelMissing' })
  level: number;

  /**
   * The number of seconds until the key expires, up to a year or the maximum of the key policy.
   * @example 3600
   */
  @Min(1, { message: 'invalidExpiresIn' })
  @IsInt({ message: 'invalidExpiresIn' })
  @Max(MAX_SECONDS, { message: 'expiresIsHigherThanMaximum' })
  @IsNumber({ allowNaN: true, allowInfinity: true }, { message: 'expiresIsNotNumeric' })
  @NotEquals(0, { message: 'expiresInMissing' })
  @IsNotEmpty({ message: 'expiresInMissing' })
  expiresIn: number;
}

/** A personal key, without its secret. */
export class PersonalKeyView {
  /**
   * The id of the key, which is used in paths and as the user name in HTTP Basic.
   * @example "7ea12968-7758-40b6-8c73-75cc99be762b"
   */
  key: string;

  /**
   * The level of the key, 0 to 8.
   * @example 4
   */
  level: number;

  /**
   * When the key was created.
   * @example "2026-11-21T14:57:30.190Z"
   */
  createdAt: string;

  /**
   * When the key expires; `null` means never, which is possible only for keys of other surfaces.
   * @example "2026-11-21T15:57:30.190Z"
   */
  expiresAt: string | null;

  /**
   * The name of the key.
   * @example "My first API key"
   */
  name: string;

  /**
   * The id of the account that created the key.
   * @example 61
   */
  userId: number;
}

/** A new personal key. No other response holds its secret. */
export class CreatedPersonalKeyView extends PersonalKeyView {
  /**
   * The secret, which is the password in HTTP Basic. Save it: it is never shown again.
   * @example "503d7adbdb3ec18ab27adfcd895d8b47a8d6bc8307d548500fbf9c05a5a8820e"
   */
  secret: string;
}

/** A personal key in a list. */
export class ListedPersonalKeyView extends PersonalKeyView {
  /**
   * The same as `key`.
   * @example "7ea12968-7758-40b6-8c73-75cc99be762b"
   */
  id: string;
}

export class CreatedPersonalKeyAnswer {
  /** The key, with its secret. */
  apikey: CreatedPersonalKeyView;
}

export class PersonalKeyAnswer {
  /** The key. */
  apikey: PersonalKeyView;
}

/** A key of any surface that authenticated a request, without its secret. */
export class KeyInUseView extends OmitType(PersonalKeyView, ['key'] as const) {
  /**
   * The public part of the key, which is the user name in HTTP Basic.
   * @example "2e74ce662e74ce662e74"
   */
  key: string;
}

export class KeyInUseAnswer {
  /** The key. */
  apikey: KeyInUseView;
}

export class PersonalKeysAnswer {
  /** The personal keys of the account. */
  apikeys: ListedPersonalKeyView[];
}
