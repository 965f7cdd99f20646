import { Type } from 'class-transformer';
import {
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsUUID,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import type { FieldProblem } from '../../../platform/events/domain-error.js';
import { IsMoment, IsText } from '../../../platform/validation/text.js';
import { KeySettingsBody } from '../key-settings.dto.js';

/** Characters of what the former system calls a key. */
export const EXTERNAL_ID_MAX = 100;

/** What an import asks for. */
export class ImportQuery {
  /**
   * `true` answers what would happen, and changes nothing.
   * @example "true"
   */
  @IsOptional()
  @IsIn(['true', 'false'])
  dryRun?: 'true' | 'false';
}

/** What the keys look like: whatever doesn't look so is refused without asking the database. One of `prefix` and `length` must be given. */
export class ImportFormatBody {
  /**
   * What every key begins with, up to 64 characters, not `ks_`.
   * @example "acme_live_"
   */
  @IsOptional()
  @Matches(/^(?!ks_)[\x21-\x7e]{1,64}$/, { message: '$property must be 1 to 64 visible ASCII characters, not ks_' })
  prefix?: string | null;

  /**
   * How many characters every key has, 8 to 500.
   * @example 42
   */
  @IsOptional()
  @Min(8)
  @Max(500)
  @IsInt()
  length?: number | null;

  /**
   * The pepper of HMAC-SHA-256, kept encrypted.
   * @example "the pepper of the former system"
   */
  @IsOptional()
  @IsText(256)
  pepper?: string | null;

  /** How the pepper's bytes are written. */
  @IsOptional()
  @IsIn(['utf8', 'hex', 'base64', 'base64url'])
  pepperEncoding?: 'utf8' | 'hex' | 'base64' | 'base64url' | null;
}

/** One key, of which there is only a hash. A line of NDJSON, at most 16 KiB. */
export class ImportedKeyBody extends KeySettingsBody {
  /**
   * The hash of the whole key.
   * @example "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
   */
  @IsText(255)
  hash: string;

  /** What made it. Bcrypt with a cost of at most 14; argon2 in PHC form with at most 128 MiB, 10 passes and 4 lanes. */
  @IsIn(['sha256', 'hmac-sha256', 'bcrypt', 'argon2'])
  algorithm: 'sha256' | 'hmac-sha256' | 'bcrypt' | 'argon2';

  /** How a SHA-256 or HMAC is written; hex unless it says otherwise. */
  @IsOptional()
  @IsIn(['hex', 'base64', 'base64url'])
  encoding?: 'hex' | 'base64' | 'base64url' | null;

  /**
   * The key's first characters, 6 to 64 of them. For bcrypt and argon2, where the hash can't find the key, it must be there, and no other key may
   * begin so. Its first 12 characters are shown.
   * @example "acme_live_9fK2"
   */
  @IsOptional()
  @Matches(/^[\x21-\x7e]{6,64}$/, { message: '$property must be 6 to 64 visible ASCII characters' })
  lookupPrefix?: string | null;

  /**
   * The application it is for; without it, it is the merchant's own.
   * @example "5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11"
   */
  @IsOptional()
  @IsUUID()
  applicationId?: string | null;

  /**
   * What the key is for, 1 to 50 characters.
   * @example "Key of the shop in Vienna"
   */
  @IsText(50)
  description: string;

  /**
   * What the former system calls it, up to 100 characters: lists and the export show it, and the report names it beside the line.
   * @example "cus_9s6XKzkNRiz8i3"
   */
  @IsOptional()
  @IsText(EXTERNAL_ID_MAX)
  externalId?: string | null;

  /** That of the application, and `live` without one. */
  @IsOptional()
  @IsIn(['live', 'test'])
  environment?: 'live' | 'test' | null;

  /**
   * When it was made; now, unless it says otherwise.
   * @example "2021-05-04T09:00:00Z"
   */
  @IsOptional()
  @IsMoment()
  createdAt?: string | null;

  /**
   * When it was last used.
   * @example "2026-11-20T18:30:00Z"
   */
  @IsOptional()
  @IsMoment()
  lastUsedAt?: string | null;

  /** `false` for a key that isn't accepted for now. */
  @IsOptional()
  @IsBoolean()
  isEnabled?: boolean | null;
}

/** Keys to import. As NDJSON the first line is `{"format": {…}}`, and every other one a key: up to 100,000 lines. */
export class ImportKeysBody {
  @ValidateNested()
  @IsObject()
  @Type(() => ImportFormatBody)
  format: ImportFormatBody;

  keys: ImportedKeyBody[];
}

/** Why a row wasn't imported. */
export class ImportProblemView {
  /**
   * The line, from 1; in JSON the place among the keys.
   * @example 17
   */
  line: number;

  /**
   * What the row says that the former system calls the key; it isn't there where the row says nothing, or can't be read.
   * @example "cus_9s6XKzkNRiz8i3"
   */
  externalId?: string;

  /**
   * What the status would be if the row had come alone.
   * @example 409
   */
  status: number;

  /** @example "Another key has this hash or lookup prefix" */
  message: string;

  /** What is wrong with which field. */
  details?: ImportFieldProblemView[];
}

export class ImportFieldProblemView implements FieldProblem {
  /** @example "level" */
  field: string;

  /** @example "level must not be above your own" */
  message: string;
}

/** What became of the rows. */
export class ImportReport {
  /**
   * Keys that were imported.
   * @example 998
   */
  imported: number;

  /**
   * Keys that the merchant had already, which are left as they are.
   * @example 1
   */
  existing: number;

  /**
   * Rows that weren't imported.
   * @example 1
   */
  failed: number;

  /** Whether nothing was changed. */
  dryRun: boolean;

  /** Why rows weren't imported: the first 1,000. */
  results: ImportProblemView[];
}
