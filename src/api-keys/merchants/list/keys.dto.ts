import { IntersectionType, OmitType } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { PageView, PartQuery } from '../../../platform/http/paging/page.dto.js';
import { ApplicationKeyView } from '../application-keys.dto.js';
import { KeyFilter } from './key-filter.dto.js';
import { IsId } from '../../../platform/validation/uuid.js';

/** The sort orders. A minus means descending. Keys without a value come first in ascending order, and last in descending order. */
export const SORTS = [
  'createdAt',
  '-createdAt',
  'name',
  '-name',
  'expiresAt',
  '-expiresAt',
  'lastUsedAt',
  '-lastUsedAt',
] as const;

/** Selects the merchant. */
export class MerchantQuery {
  /**
   * The id of the merchant, if it is not your own. Reading its keys requires level 5; changing them requires level 8.
   * @example "5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11"
   */
  @IsOptional()
  @IsId()
  merchantId?: string;
}

/** Selects the order. */
export class SortQuery {
  /**
   * The sort order; a minus means descending. `name` is the description. Keys without a value come first in ascending order, and last in
   * descending order.
   */
  @IsOptional()
  @IsIn(SORTS)
  sort: 'createdAt' | '-createdAt' | 'name' | '-name' | 'expiresAt' | '-expiresAt' | 'lastUsedAt' | '-lastUsedAt' =
    'createdAt';
}

/** Selects and sorts a merchant's keys. */
export class ListKeysQuery extends IntersectionType(KeyFilter, SortQuery, PartQuery, MerchantQuery) {}

/** Selects and sorts an application's keys. */
export class ListApplicationKeysQuery extends OmitType(ListKeysQuery, ['application', 'merchantId'] as const) {}

/** Selects the keys to export. */
export class ExportKeysQuery extends IntersectionType(KeyFilter, MerchantQuery) {}

/** A key of a merchant, created on any surface. */
export class KeyView extends OmitType(ApplicationKeyView, ['applicationId'] as const) {
  /** The id of the application that the key belongs to; `null` if there is none. */
  applicationId: string | null;

  /** The surface on which the key was created, which decides what its credential looks like. */
  surface: 'clients' | 'merchants' | 'accounts';

  /** The environment of the key. */
  environment: 'live' | 'test';
}

/** A line of the export: all properties of a key, except its secret. */
export class ExportedKeyView extends KeyView {
  /**
   * The id of the merchant that the key belongs to.
   * @example "5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11"
   */
  merchantId: string;

  /**
   * The integer id of the account that created the key.
   * @example 61
   */
  accountId: number;

  /** The id of the service whose Service ID the key was created with (clients surface). */
  serviceId: string | null;

  /**
   * When the key was last changed.
   * @example "2026-11-21T13:30:00.000Z"
   */
  updatedAt: string;
}

export class KeyPage extends PageView {
  /** The keys on this page. */
  items: KeyView[];
}

/** A part of a list of keys, read with a cursor. */
export class KeyPart {
  /** The keys in this part. */
  items: KeyView[];

  /**
   * The number of items requested.
   * @example 20
   */
  limit: number;

  /** The cursor of the next part; `null` at the end of the list. */
  nextCursor: string | null;
}

/** A part of a list of an application's keys, read with a cursor. */
export class ApplicationKeyPart extends OmitType(KeyPart, ['items'] as const) {
  /** The keys in this part. */
  items: ApplicationKeyView[];
}
