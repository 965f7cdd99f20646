import { getSchemaPath } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsBoolean, IsIn, IsObject, IsOptional, IsUUID, Matches, ValidateNested } from 'class-validator';
import type { FieldProblem } from '../../../platform/events/domain-error.js';
import { IsMoment, IsText } from '../../../platform/validation/text.js';
import { KeySettingsBody } from '../key-settings.dto.js';
import { ImportFormatBody } from './formats/import-formats.dto.js';
import { IsQueryFlag } from '../../../platform/validation/query-flag.js';

/** The options of an import. */
export class ImportQuery {
  /**
   * `true` returns what the import would do, and changes nothing.
   * @example true
   */
  @IsOptional()
  @IsQueryFlag()
  dryRun?: boolean;
}

/** A key to import, of which only the hash is known. In NDJSON, it is a line of at most 16 KiB. */
export class ImportedKeyBody extends KeySettingsBody {
  /**
   * The hash of the whole key.
   * @example "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
   */
  @IsText(255)
  hash: string;

  /**
   * The algorithm of the hash. bcrypt may have a cost of up to 12. argon2 must be in PHC format, with up to 64 MiB of memory, 10 passes
   * and 4 lanes.
   * @example "sha256"
   */
  @IsIn(['sha256', 'hmac-sha256', 'bcrypt', 'argon2'])
  algorithm: 'sha256' | 'hmac-sha256' | 'bcrypt' | 'argon2';

  /** The encoding of a SHA-256 or HMAC-SHA-256 hash; by default `hex`. */
  @IsOptional()
  @IsIn(['hex', 'base64', 'base64url'])
  encoding?: 'hex' | 'base64' | 'base64url' | null;

  /**
   * The first 6 to 64 characters of the key. They are required for bcrypt and argon2, whose hashes cannot be used to look a key up, and no
   * other key may begin with them. The first 12 of them are shown in lists.
   * @example "acme_live_9fK2"
   */
  @IsOptional()
  @Matches(/^[\x21-\x7e]{6,64}$/, { message: '$property must be 6 to 64 visible ASCII characters' })
  lookupPrefix?: string | null;

  /**
   * The id of the application that the key belongs to. Without it, the key belongs to the merchant itself.
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

  /** The environment of the key. With an application, it must be the application's. Without one, the default is `live`. */
  @IsOptional()
  @IsIn(['live', 'test'])
  environment?: 'live' | 'test' | null;

  /**
   * When the key was created; by default now.
   * @example "2021-05-04T09:00:00Z"
   */
  @IsOptional()
  @IsMoment()
  createdAt?: string | null;

  /**
   * When the key was last used.
   * @example "2026-11-20T18:30:00Z"
   */
  @IsOptional()
  @IsMoment()
  lastUsedAt?: string | null;

  /** Whether the key is enabled; by default `true`. */
  @IsOptional()
  @IsBoolean()
  isEnabled?: boolean | null;
}

/** What the keys of an import have in common: in NDJSON, the first line. */
export class ImportFormatLine {
  /** The format of the keys. */
  @ValidateNested()
  @IsObject({ message: '$property must be an object in the first line' })
  @Type(() => ImportFormatBody)
  format: ImportFormatBody;
}

/** An import in NDJSON, as OpenAPI describes it. */
export const IMPORT_LINES = {
  type: 'string',
  description: 'Lines of JSON: an `ImportFormatLine`, then an `ImportedKeyBody` for each key.',
  contentSchema: { anyOf: [{ $ref: getSchemaPath('ImportFormatLine') }, { $ref: getSchemaPath('ImportedKeyBody') }] },
  example: [
    { format: { prefix: 'acme_live_', length: 42 } },
    {
      hash: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
      algorithm: 'sha256',
      description: 'Key of the shop in Vienna',
    },
  ]
    .map((line) => `${JSON.stringify(line)}\n`)
    .join(''),
} as const;

/** The keys to import. */
export class ImportKeysBody extends ImportFormatLine {
  /** The keys. */
  keys: ImportedKeyBody[];
}

/** A row that was not imported, and why. */
export class ImportProblemView {
  /**
   * The number of the line, from 1; in JSON, the position among the keys.
   * @example 17
   */
  line: number;

  /**
   * The `externalId` of the row. Absent if the row has none or cannot be read.
   * @example "cus_9s6XKzkNRiz8i3"
   */
  externalId?: string;

  /**
   * The HTTP status that describes the problem.
   * @example 409
   */
  status: number;

  /**
   * What is wrong with the row.
   * @example "Another key has this hash or lookup prefix"
   */
  message: string;

  /** The invalid fields, and what is wrong with each. */
  details?: ImportFieldProblemView[];
}

export class ImportFieldProblemView implements FieldProblem {
  /**
   * The name of the field.
   * @example "level"
   */
  field: string;

  /**
   * What is wrong with the field.
   * @example "level must not be above your own"
   */
  message: string;
}

/** The result of an import. */
export class ImportReport {
  /**
   * The number of keys imported.
   * @example 998
   */
  imported: number;

  /**
   * The number of keys that the merchant already had. They are unchanged.
   * @example 1
   */
  existing: number;

  /**
   * The number of rows that were not imported.
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
