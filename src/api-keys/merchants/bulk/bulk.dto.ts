import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  IsArray,
  IsBoolean,
  IsInt,
  IsObject,
  IsOptional,
  Min,
  ValidateNested,
} from 'class-validator';
import { IsFilter, KeyFilter } from '../list/key-filter.dto.js';
import { KeyView } from '../list/keys.dto.js';
import { IsId } from '../../../platform/validation/uuid.js';

/** Example bodies: a dry run, the same request with the count that the dry run returned, and a request with ids. */
export const BULK_EXAMPLES = {
  dryRun: { value: { filter: { status: 'unused' }, dryRun: true } },
  filter: { value: { filter: { status: 'unused' }, expectedCount: 1 } },
  ids: { value: { ids: ['f7fa38ec-0e19-405c-820f-bf65912ab4ec'], expectedCount: 1 } },
};

/** The keys to change, selected either by ids or by a filter. */
export class BulkBody {
  /**
   * The ids of the keys, up to 10,000.
   * @example ["f7fa38ec-0e19-405c-820f-bf65912ab4ec"]
   */
  @IsOptional()
  @IsId({ each: true })
  @ArrayMaxSize(10_000)
  @ArrayNotEmpty()
  @IsArray()
  ids?: string[];

  /** A filter with the criteria of the list. At most 10,000 keys may match it. */
  @IsOptional()
  @ValidateNested()
  @IsFilter()
  @IsObject()
  @Type(() => KeyFilter)
  filter?: KeyFilter;

  /** `true` changes nothing. The response then holds the number of selected keys and the first 100 of them. */
  @IsOptional()
  @IsBoolean()
  dryRun?: boolean;

  /**
   * The number of selected keys that you may change, as the dry run returns it. Required unless `dryRun` is `true`.
   * @example 1
   */
  @IsOptional()
  @Min(0)
  @IsInt()
  expectedCount?: number;
}

/** The result of a dry run. */
export class BulkPreview {
  /**
   * The number of selected keys that you may change.
   * @example 1
   */
  count: number;

  /** The first 100 of these keys. */
  keys: KeyView[];
}

/** The result for one key. */
export class BulkResult {
  /**
   * The id of the key.
   * @example "f7fa38ec-0e19-405c-820f-bf65912ab4ec"
   */
  id: string;

  /**
   * The status of the result. 200: the key is now as requested. 403: the key belongs to another owner, or cannot be enabled because its
   * level or scopes exceed yours. 404: the key does not exist or has been deleted. 409: its client has reached the limit of active keys.
   * @example 200
   */
  status: number;

  /** Why the key was not changed. Absent if it was. */
  message?: string;
}

/** The results of a bulk change. */
export class BulkResults {
  /** One result per key, in the order of `ids`, or with the oldest key first. */
  results: BulkResult[];
}
