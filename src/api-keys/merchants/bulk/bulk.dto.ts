import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  IsArray,
  IsBoolean,
  IsInt,
  IsObject,
  IsOptional,
  IsUUID,
  Min,
  ValidateNested,
} from 'class-validator';
import { IsFilter, KeyFilter } from '../list/key-filter.dto.js';
import { KeyView } from '../list/keys.dto.js';

/** Bodies to begin with: first a dry run, then the same with the count that it answered. */
export const BULK_EXAMPLES = {
  dryRun: { value: { filter: { status: 'unused' }, dryRun: true } },
  filter: { value: { filter: { status: 'unused' }, expectedCount: 1 } },
  ids: { value: { ids: ['f7fa38ec-0e19-405c-820f-bf65912ab4ec'], expectedCount: 1 } },
};

/** Which keys, by their ids or by a filter, one of the two; and whether only to say which they are. */
export class BulkBody {
  /**
   * The keys' ids, up to 10000.
   * @example ["f7fa38ec-0e19-405c-820f-bf65912ab4ec"]
   */
  @IsOptional()
  @IsUUID(undefined, { each: true })
  @ArrayMaxSize(10_000)
  @ArrayNotEmpty()
  @IsArray()
  ids?: string[];

  /** What the list takes; up to 10000 keys may meet it. */
  @IsOptional()
  @ValidateNested()
  @IsFilter()
  @IsObject()
  @Type(() => KeyFilter)
  filter?: KeyFilter;

  /** `true` changes nothing and answers how many keys are meant, with the first of them. */
  @IsOptional()
  @IsBoolean()
  dryRun?: boolean;

  /**
   * How many keys are meant, as the dry run says; needed for everything but a dry run. Of ids, only those that can be changed count.
   * @example 1
   */
  @IsOptional()
  @Min(0)
  @IsInt()
  expectedCount?: number;
}

/** What a bulk change would do. */
export class BulkPreview {
  /**
   * Keys that are meant.
   * @example 1
   */
  count: number;

  /** The first 100 of them. */
  keys: KeyView[];
}

/** What became of one key. */
export class BulkResult {
  /** @example "f7fa38ec-0e19-405c-820f-bf65912ab4ec" */
  id: string;

  /**
   * 200: it is as was asked for; 403: it is somebody else's, or is to be enabled by somebody with a lower level; 404: there is no such key,
   * or no more; 409: the client has as many active keys as it may have.
   * @example 200
   */
  status: number;

  /** Why not, where it isn't. */
  message?: string;
}

/** What a bulk change did, key by key, in the order of the ids, or the oldest key first. */
export class BulkResults {
  results: BulkResult[];
}
