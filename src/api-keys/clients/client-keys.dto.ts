import { Transform } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  IsArray,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsOptional,
  IsString,
  IsUUID,
  Max,
  Min,
} from 'class-validator';
import { QueryNumber } from '../../platform/http/paging/page.dto.js';

const INVALID_QUERY = { message: 'Invalid query parameters' };
const INVALID_ID = { message: 'Invalid API key ID format' };

/** A key of the clients surface. */
export class ClientKeyView {
  /**
   * Names the key in other calls; it is no credential.
   * @example "f7fa38ec-0e19-405c-820f-bf65912ab4ec"
   */
  id: string;

  /**
   * The client's eight digits.
   * @example "17765423"
   */
  client_id: string;

  /**
   * The public half of the credential.
   * @example "2e74ce662e74ce662e74"
   */
  apikey: string;

  /**
   * The secret half; masked with asterisks for callers below the key's level, and for all with `REVEAL_CLIENT_SECRETS=false`.
   * @example "6f4eaa0705b12dcd6a0a776f4eaa0705b12dcd6a0a776f4eaa0705b12dcd6a0a"
   */
  apisecret: string;

  /** What the key is limited to, separated by spaces; `null` is no limit. */
  scopes: string | null;

  /**
   * 1 while it is accepted, 0 once it is switched off or expired.
   * @example 1
   */
  is_active: number;

  /** @example "2026-11-21T07:59:37.000Z" */
  created_at: string;

  /** @example "2026-11-21T07:59:37.000Z" */
  updated_at: string;

  /** When it ends; `null` is never. */
  expires_at: string | null;

  /** The latest good use; `null` is none yet. */
  last_used_at: string | null;
}

/** Which of a client's keys are listed. */
export class ListClientKeysQuery {
  /**
   * The page, from 1.
   * @example 1
   */
  @IsOptional()
  @QueryNumber()
  @IsInt(INVALID_QUERY)
  @Min(1, INVALID_QUERY)
  page?: number;

  /**
   * Keys per page, 1 to 100; 20 with a page and no limit; without both all keys come in one answer.
   * @example 10
   */
  @IsOptional()
  @QueryNumber()
  @IsInt(INVALID_QUERY)
  @Min(1, INVALID_QUERY)
  @Max(100, INVALID_QUERY)
  limit?: number;

  /** Only keys in this state. */
  @IsOptional()
  @IsIn(['active', 'inactive'], INVALID_QUERY)
  status?: 'active' | 'inactive';
}

/** A key in a path. */
export class ClientKeyParams {
  /** @example "f7fa38ec-0e19-405c-820f-bf65912ab4ec" */
  @IsUUID('all', INVALID_ID)
  id: string;
}

/** Keys to delete. */
export class DeleteClientKeysBody {
  /**
   * 1 to 100 ids; duplicates count once.
   * @example ["f7fa38ec-0e19-405c-820f-bf65912ab4ec"]
   */
  @Transform(({ value }: { value: unknown }) => (Array.isArray(value) ? [...new Set<unknown>(value)] : value))
  @IsUUID('all', { each: true, ...INVALID_ID })
  @ArrayMaxSize(100, INVALID_ID)
  @ArrayNotEmpty(INVALID_ID)
  @IsArray(INVALID_ID)
  api_key_ids: string[];
}

/** A key that is gone. */
export class DeletedKeyView {
  /** @example "f7fa38ec-0e19-405c-820f-bf65912ab4ec" */
  deleted_id: string;

  /** @example "2026-11-21T12:00:00.000Z" */
  deleted_at: string;
}

/** A key that stays, and why. */
export class UndeletedKeyView {
  /** @example "a1b2c3d4-e5f6-4890-abcd-ef1234567890" */
  id: string;

  /** @example 404 */
  status: number;

  /** @example "API Key not found" */
  message: string;
}

/** What became of each key. */
export class DeletedKeysView {
  deleted: DeletedKeyView[];
  failed: UndeletedKeyView[];
}

/** A key to make for the client. */
export class CreateClientKeyBody {
  /**
   * A Service ID that is still good; it makes as many keys as are wanted.
   * @example "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.sIgNaTuRe"
   */
  @IsNotEmpty({ message: 'Service ID is required' })
  @IsString({ message: 'Service ID is required' })
  service_id: string;

  /**
   * Seconds until the key expires, a year at most; without it, never.
   * @example 2592000
   */
  @IsOptional()
  @IsInt({ message: 'Invalid expires_in' })
  @Min(1, { message: 'Invalid expires_in' })
  @Max(31_536_000, { message: 'Invalid expires_in' })
  expires_in?: number;
}

/** A key that was made; its credential is in the list. */
export class CreatedClientKeyView {
  /** @example "f7fa38ec-0e19-405c-820f-bf65912ab4ec" */
  id: string;
}
