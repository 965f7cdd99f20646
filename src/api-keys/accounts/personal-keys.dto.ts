import { IsInt, IsNotEmpty, IsNumber, Max, Min, NotEquals } from 'class-validator';
import { MAX_LEVEL } from '../../access/levels.js';
import { IsText } from '../../platform/validation/text.js';

/** The longest life of a personal key: a year. */
const MAX_SECONDS = 31_536_000;

/** A personal key to make. Within a property, the rule that stands last is checked first. */
export class CreatePersonalKeyBody {
  /**
   * What you call it.
   * @example "My first API key"
   */
  @IsText(100, { message: 'invalidName' })
  @IsNotEmpty({ message: 'nameMissing' })
  name: string;

  /**
   * What it may do, 0 to 8; not above what you may do yourself.
   * @example 4
   */
  @Max(MAX_LEVEL, { message: 'invalidLevel' })
  @Min(0, { message: 'invalidLevel' })
  @IsInt({ message: 'invalidLevel' })
  @IsNumber({ allowNaN: true, allowInfinity: true }, { message: 'levelNotNumeric' })
  @IsNotEmpty({ message: 'levelMissing' })
  level: number;

  /**
   * Seconds until it ends, a year at most.
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
   * The key: its name in paths, and the user name in HTTP Basic.
   * @example "7ea12968-7758-40b6-8c73-75cc99be762b"
   */
  key: string;

  /** @example 4 */
  level: number;

  /** @example "2026-11-21T14:57:30.190Z" */
  createdAt: string;

  /**
   * When it ends; `null`, for keys of other surfaces, is never.
   * @example "2026-11-21T15:57:30.190Z"
   */
  expiresAt: string | null;

  /** @example "My first API key" */
  name: string;

  /**
   * The account that made it.
   * @example 61
   */
  userId: number;
}

/** A personal key, at the only moment that its secret is shown. */
export class CreatedPersonalKeyView extends PersonalKeyView {
  /**
   * The password in HTTP Basic. Save it: it is never shown again.
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
  apikey: CreatedPersonalKeyView;
}

export class PersonalKeyAnswer {
  apikey: PersonalKeyView;
}

export class PersonalKeysAnswer {
  apikeys: ListedPersonalKeyView[];
}
