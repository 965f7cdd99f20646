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

/** An API key of the clients surface. */
export class ClientKeyView {
  /**
   * Identifies the key in other calls. It is not a credential.
   * @example "f7fa38ec-0e19-405c-820f-bf65912ab4ec"
   */
  id: string;

  /**
   * The client's eight-digit id.
   * @example "17765423"
   */
  client_id: string;

  /**
   * The public part of the credential.
   * @example "2e74ce662e74ce662e74"
   */
  apikey: string;

  /**
   * The secret part of the credential. It is masked with asterisks if the key's level exceeds the caller's, and for every caller if
   * `REVEAL_CLIENT_SECRETS` is `false`.
   * @example "6f4eaa0705b12dcd6a0a776f4eaa0705b12dcd6a0a776f4eaa0705b12dcd6a0a"
   */
  apisecret: string;

  /** The scopes that the key is restricted to, separated by spaces; `null` means no restriction. */
  scopes: string | null;

  /**
   * Whether the key is accepted: 1 if it is, 0 if it is disabled or has expired.
   * @example 1
   */
  is_active: number;

  /**
   * When the key was created.
   * @example "2026-11-21T07:59:37.000Z"
   */
  created_at: string;

  /**
   * When the key was last changed.
   * @example "2026-11-21T07:59:37.000Z"
   */
  updated_at: string;

  /** When the key expires; `null` means never. */
  expires_at: string | null;

  /** When the key was last verified successfully; `null` means never. */
  last_used_at: string | null;
}

/** Selects the client's keys to list. */
export class ListClientKeysQuery {
  /**
   * The number of the page, from 1.
   * @example 1
   */
  @IsOptional()
  @QueryNumber()
  @IsInt(INVALID_QUERY)
  @Min(1, INVALID_QUERY)
  page?: number;

  /**
   * The number of keys per page, 1 to 100. The default is 20. Without `page` and `limit`, the response holds all keys.
   * @example 10
   */
  @IsOptional()
  @QueryNumber()
  @IsInt(INVALID_QUERY)
  @Min(1, INVALID_QUERY)
  @Max(100, INVALID_QUERY)
  limit?: number;

  /** Only keys with this status: `inactive` keys are disabled or have expired. */
  @IsOptional()
  @IsIn(['active', 'inactive'], INVALID_QUERY)
  status?: 'active' | 'inactive';
}

/** The key in a path. */
export class ClientKeyParams {
  /**
   * The id of the key.
   * @example "f7fa38ec-0e19-405c-820f-bf65912ab4ec"
   */
  @IsUUID('all', INVALID_ID)
  id: string;
}

/** The keys to delete. */
export class DeleteClientKeysBody {
  /**
   * The ids of 1 to 100 keys; duplicates count once.
   * @example ["f7fa38ec-0e19-405c-820f-bf65912ab4ec"]
   */
  @Transform(({ value }: { value: unknown }) => (Array.isArray(value) ? [...new Set<unknown>(value)] : value))
  @IsUUID('all', { each: true, ...INVALID_ID })
  @ArrayMaxSize(100, INVALID_ID)
  @ArrayNotEmpty(INVALID_ID)
  @IsArray(INVALID_ID)
  api_key_ids: string[];
}

/** A deleted key. */
export class DeletedKeyView {
  /**
   * The id of the key.
   * @example "f7fa38ec-0e19-405c-820f-bf65912ab4ec"
   */
  deleted_id: string;

  /**
   * When the key was deleted.
   * @example "2026-11-21T12:00:00.000Z"
   */
  deleted_at: string;
}

/** A key that was not deleted, and why. */
export class UndeletedKeyView {
  /**
   * The id of the key.
   * @example "a1b2c3d4-e5f6-4890-abcd-ef1234567890"
   */
  id: string;

  /**
   * The HTTP status that deleting this key alone would return.
   * @example 404
   */
  status: number;

  /**
   * Why the key was not deleted.
   * @example "API Key not found"
   */
  message: string;
}

/** The results of deleting several keys. */
export class DeletedKeysView {
  /** The keys that were deleted. */
  deleted: DeletedKeyView[];

  /** The keys that were not deleted. */
  failed: UndeletedKeyView[];
}

/** The properties of a new key of the client. */
export class CreateClientKeyBody {
  /**
   * A valid Service ID of the client. It can be used for any number of keys until it expires.
   * @example "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.sIgNaTuRe"
   */
  @IsNotEmpty({ message: 'Service ID is required' })
  @IsString({ message: 'Service ID is required' })
  service_id: string;

  /**
   * The number of seconds until the key expires, up to a year or the maximum of the key policy. Without it, the key expires as the key policy says, by default never.
   * @example 2592000
   */
  @IsOptional()
  @IsInt({ message: 'Invalid expires_in' })
  @Min(1, { message: 'Invalid expires_in' })
  @Max(31_536_000, { message: 'Invalid expires_in' })
  expires_in?: number;
}

/** A new key. Its credential is in the list of keys. */
export class CreatedClientKeyView {
  /**
   * The id of the key.
   * @example "f7fa38ec-0e19-405c-820f-bf65912ab4ec"
   */
  id: string;
}
