import { IntersectionType, OmitType } from '@nestjs/swagger';
import { IsIn, IsOptional, IsUUID } from 'class-validator';
import { PageView, PartQuery } from '../../../platform/http/paging/page.dto.js';
import { ApplicationKeyView } from '../application-keys.dto.js';
import { KeyFilter } from './key-filter.dto.js';

/** The orders in which keys can be listed; a minus is descending. Keys without the time come first, descending last. */
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

/** Which merchant's keys. */
export class MerchantQuery {
  /**
   * Another merchant than one's own: reading its keys needs level 5, changing them level 8.
   * @example "5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11"
   */
  @IsOptional()
  @IsUUID()
  merchantId?: string;
}

/** In which order. */
export class SortQuery {
  /** `name` is the description. Keys that have no such time come first, with a minus last. */
  @IsOptional()
  @IsIn(SORTS)
  sort: 'createdAt' | '-createdAt' | 'name' | '-name' | 'expiresAt' | '-expiresAt' | 'lastUsedAt' | '-lastUsedAt' =
    'createdAt';
}

/** Which of a merchant's keys are listed, and in which order. */
export class ListKeysQuery extends IntersectionType(KeyFilter, SortQuery, PartQuery, MerchantQuery) {}

/** Which of an application's keys are listed, and in which order. */
export class ListApplicationKeysQuery extends OmitType(ListKeysQuery, ['application', 'merchantId'] as const) {}

/** Which of a merchant's keys are written out. */
export class ExportKeysQuery extends IntersectionType(KeyFilter, MerchantQuery) {}

/** A key of a merchant, made on any surface. */
export class KeyView extends OmitType(ApplicationKeyView, ['applicationId'] as const) {
  /** The application it is for; `null` is none. */
  applicationId: string | null;

  /** Where it was made, and what it looks like. */
  surface: 'clients' | 'merchants' | 'accounts';

  environment: 'live' | 'test';
}

/** A line of the export: a key with everything but its secret. */
export class ExportedKeyView extends KeyView {
  /** @example "5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11" */
  merchantId: string;

  /**
   * The number of the account that made it.
   * @example 61
   */
  accountId: number;

  /** The service it was made under (clients surface). */
  serviceId: string | null;

  /** @example "2026-11-21T13:30:00.000Z" */
  updatedAt: string;
}

export class KeyPage extends PageView {
  items: KeyView[];
}

/** A part of a list, by cursor. */
export class KeyPart {
  items: KeyView[];

  /**
   * Items that were asked for.
   * @example 20
   */
  limit: number;

  /** Where to go on; `null` at the end. */
  nextCursor: string | null;
}

/** A part of an application's keys, by cursor. */
export class ApplicationKeyPart extends OmitType(KeyPart, ['items'] as const) {
  items: ApplicationKeyView[];
}
