import { Transform } from 'class-transformer';
import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';

/** Turns a query's digits into a number; everything else stays what it is and fails the check that follows. */
export const QueryNumber = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value,
  );

/** Which part of a list is asked for. */
export class PageQuery {
  /**
   * The page, from 1.
   * @example 1
   */
  @QueryNumber()
  @Min(1)
  @IsInt()
  page: number = 1;

  /**
   * Items per page.
   * @example 20
   */
  @QueryNumber()
  @Min(1)
  @Max(100)
  @IsInt()
  limit: number = 20;
}

/** Which part of a list that may be of any length, by page or by cursor. */
export class PartQuery {
  /**
   * The page, from 1. Not together with a cursor.
   * @example 1
   */
  @IsOptional()
  @QueryNumber()
  @Min(1)
  @IsInt()
  page?: number;

  /**
   * Items per page.
   * @example 20
   */
  @QueryNumber()
  @Min(1)
  @Max(100)
  @IsInt()
  limit: number = 20;

  /**
   * Where to go on: the `nextCursor` of the answer before, with the same filter and the same order. Empty, it begins. Lists of any length
   * go on as fast as they begin, and what comes to be meanwhile moves nothing. A part may hold fewer items than asked for, even none, when
   * many had to be looked at; go on as long as there is a `nextCursor`.
   * @example "WyJxMnc"
   */
  @IsOptional()
  @MaxLength(1000)
  @IsString()
  cursor?: string;
}

/** What every list of the merchants surface says beside its items. */
export class PageView {
  /**
   * The page, from 1.
   * @example 1
   */
  page: number;

  /**
   * Items per page.
   * @example 20
   */
  limit: number;

  /**
   * Items on all pages.
   * @example 1
   */
  totalItems: number;

  /**
   * Pages in all.
   * @example 1
   */
  totalPages: number;

  hasPreviousPage: boolean;

  hasNextPage: boolean;
}

/** What a page is of the whole list, as TypeORM wants it. */
export const sliceOf = ({ page, limit }: PageQuery): { skip: number; take: number } => ({
  skip: (page - 1) * limit,
  take: limit,
});

/** Items with the place of their page in the whole list. */
export function presentPage<T, V>(
  [items, totalItems]: [T[], number],
  { page, limit }: PageQuery,
  present: (item: T) => V,
): PageView & { items: V[] } {
  const totalPages = Math.ceil(totalItems / limit);
  return {
    items: items.map(present),
    page,
    limit,
    totalItems,
    totalPages,
    hasPreviousPage: page > 1,
    hasNextPage: page < totalPages,
  };
}
