import { IsIn, IsInt, IsOptional, Matches, Max, Min } from 'class-validator';
import { PageView } from '../../../../platform/http/paging/page.dto.js';
import { IsText } from '../../../../platform/validation/text.js';

/** The format of the keys. Text without this format is refused without a database read. */
export class ImportFormatBody {
  /**
   * The characters that every key begins with, 4 to 64. They must not begin with `ks_`, as keys of this server do, or with `eyJ`, as tokens do.
   * @example "acme_live_"
   */
  @Matches(/^(?!ks_|eyJ)[\x21-\x7e]{4,64}$/, {
    message: '$property must be 4 to 64 visible ASCII characters, and must not begin with ks_ or eyJ',
  })
  prefix: string;

  /**
   * The length of every key, 16 to 500 characters, at least 12 of which follow the prefix. Without it, keys of different lengths are accepted.
   * @example 42
   */
  @IsOptional()
  @Min(16)
  @Max(500)
  @IsInt()
  length?: number | null;

  /**
   * The pepper of HMAC-SHA-256. It is stored encrypted.
   * @example "the pepper of the former system"
   */
  @IsOptional()
  @IsText(256)
  pepper?: string | null;

  /** The encoding of the pepper; by default `utf8`. */
  @IsOptional()
  @IsIn(['utf8', 'hex', 'base64', 'base64url'])
  pepperEncoding?: 'utf8' | 'hex' | 'base64' | 'base64url' | null;
}

/** A format of imported keys. */
export class ImportFormatView {
  /**
   * The format's id.
   * @example "8d0a7a3c-52b6-4f0e-9a4a-5f3b8f3f6f7e"
   */
  id: string;

  /**
   * How a presented key is looked up: by its SHA-256 digest, by its HMAC, or, for bcrypt and argon2, by its first characters.
   * @example "sha256"
   */
  kind: 'sha256' | 'hmac-sha256' | 'prefix';

  /**
   * The characters that every key begins with.
   * @example "acme_live_"
   */
  prefix: string;

  /**
   * The length of every key; `null` if lengths differ.
   * @example 42
   */
  length: number | null;

  /**
   * How many of its first characters a key is looked up by; `null` if it is looked up by a digest.
   * @example null
   */
  lookupLength: number | null;

  /**
   * When the format was first imported.
   * @example "2026-11-20T18:30:00.000Z"
   */
  createdAt: string;
}

/** A page of formats. */
export class ImportFormatPage extends PageView {
  /** The formats on this page. */
  items: ImportFormatView[];
}
