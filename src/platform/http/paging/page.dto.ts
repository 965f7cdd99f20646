import { Transform } from 'class-transformer';
import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';

/** Parses the digits of a query parameter; any other text stays a string, which validation refuses. */
export const QueryNumber = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value,
  );

/** Parses `true` and `false` in a query; any other text stays a string, which validation refuses. */
export const QueryFlag = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) => (value === 'true' ? true : value === 'false' ? false : value));

/** A page of a list. */
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

/** A part of a list of any length, by page or by cursor. */
export class PartQuery {
  /**
   * The page, from 1. Cannot be combined with a cursor.
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
   * The `nextCursor` of the previous response, with the same filter and sort order; an empty cursor begins the list. Continuing takes as long
   * as beginning, however long the list is, and items created meanwhile shift nothing. A part can hold fewer items than `limit`, even none, when
   * many had to be examined. Continue as long as there is a `nextCursor`.
   * @example "WyJxMnc"
   */
  @IsOptional()
  @MaxLength(1000)
  @IsString()
  cursor?: string;
}

/** What every list of the merchants surface has beside its items. */
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
   * The number of items on all pages.
   * @example 1
   */
  totalItems: number;

  /**
   * The number of pages.
   * @example 1
   */
  totalPages: number;

  /** Whether there is a page before this one. */
  hasPreviousPage: boolean;

  /** Whether there is a page after this one. */
  hasNextPage: boolean;
}

/** The page as TypeORM's options. */
export const sliceOf = ({ page, limit }: PageQuery): { skip: number; take: number } => ({
  skip: (page - 1) * limit,
  take: limit,
});

/** Presents the items of a page, with its position in the whole list. */
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
