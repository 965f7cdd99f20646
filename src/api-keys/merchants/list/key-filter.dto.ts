import { IsBoolean, IsIn, IsInt, IsOptional, Matches, Max, MaxLength, Min, registerDecorator } from 'class-validator';
import { MAX_LEVEL } from '../../../access/levels.js';
import { SCOPE, SCOPE_MAX_LENGTH } from '../../../platform/validation/scope.js';
import { QueryFlag, QueryNumber } from '../../../platform/http/paging/page.dto.js';
import { EXTERNAL_ID_MAX } from '../key-settings.dto.js';
import { IsText } from '../../../platform/validation/text.js';
import { IsEnd, IsMoment } from '../../../platform/validation/time.js';
import { IsId } from '../../../platform/validation/uuid.js';

const STATUSES = ['active', 'disabled', 'expired', 'expiring', 'unused', 'rotating'] as const;

/** A filter for keys. A key must meet all criteria that are given. */
export class KeyFilter {
  /**
   * Only keys with this status. `active` keys are enabled and have not expired. `disabled` keys are not enabled. `expired` keys are enabled
   * but have expired. Of the active keys, `expiring` ones expire within 30 days, `unused` ones have not been used for 90 days or at all,
   * and `rotating` ones have a previous full key that is still valid.
   */
  @IsOptional()
  @IsIn(STATUSES)
  status?: 'active' | 'disabled' | 'expired' | 'expiring' | 'unused' | 'rotating';

  /**
   * Only keys of this application.
   * @example "5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11"
   */
  @IsOptional()
  @IsId()
  application?: string;

  /**
   * Only keys with exactly this external id.
   * @example "cus_9s6XKzkNRiz8i3"
   */
  @IsOptional()
  @IsText(EXTERNAL_ID_MAX)
  externalId?: string;

  /**
   * Only keys of this level.
   * @example 4
   */
  @IsOptional()
  @QueryNumber()
  @Min(0)
  @Max(MAX_LEVEL)
  @IsInt()
  level?: number;

  /**
   * Only keys that have exactly this scope among their scopes.
   * @example "payments:write"
   */
  @IsOptional()
  @Matches(SCOPE, { message: '$property must be a scope, like payments:write or payments:*' })
  @MaxLength(SCOPE_MAX_LENGTH)
  scope?: string;

  /** Only keys of this environment. */
  @IsOptional()
  @IsIn(['live', 'test'])
  environment?: 'live' | 'test';

  /** Only keys that were created on this surface. */
  @IsOptional()
  @IsIn(['clients', 'merchants', 'accounts'])
  surface?: 'clients' | 'merchants' | 'accounts';

  /**
   * Only keys that were created at or after this time.
   * @example "2026-11-21T00:00:00.000Z"
   */
  @IsOptional()
  @IsMoment()
  createdAfter?: string;

  /**
   * Only keys that were created before this time; a date alone is included as a whole.
   * @example "2026-11-22T00:00:00.000Z"
   */
  @IsOptional()
  @IsEnd()
  createdBefore?: string;

  /**
   * Only keys that expire at or after this time. Keys that never expire are not included.
   * @example "2026-11-21T00:00:00.000Z"
   */
  @IsOptional()
  @IsMoment()
  expiresAfter?: string;

  /**
   * Only keys that expire before this time; a date alone is included as a whole.
   * @example "2026-11-22T00:00:00.000Z"
   */
  @IsOptional()
  @IsEnd()
  expiresBefore?: string;

  /**
   * Only keys whose last use is at or after this time.
   * @example "2026-11-21T00:00:00.000Z"
   */
  @IsOptional()
  @IsMoment()
  lastUsedAfter?: string;

  /**
   * Only keys whose last use is before this time; a date alone is included as a whole. Keys that have never been used are not included.
   * @example "2026-11-22T00:00:00.000Z"
   */
  @IsOptional()
  @IsEnd()
  lastUsedBefore?: string;

  /**
   * `true`: only keys that never expire. `false`: only keys that expire, or have expired.
   * @example true
   */
  @IsOptional()
  @QueryFlag()
  @IsBoolean()
  neverExpires?: boolean;

  /**
   * `true`: only keys that have never been used. `false`: only keys that have been used.
   * @example true
   */
  @IsOptional()
  @QueryFlag()
  @IsBoolean()
  neverUsed?: boolean;

  /**
   * `true`: only keys whose full key was found exposed since it was issued. `false`: only the others.
   * @example true
   */
  @IsOptional()
  @QueryFlag()
  @IsBoolean()
  exposed?: boolean;

  /**
   * Only keys that were found exposed in this way: by a report, by GitHub, in the query of a request, or in a request over plain HTTP.
   * @example "http"
   */
  @IsOptional()
  @IsIn(['report', 'github', 'query', 'http'])
  exposedSource?: 'report' | 'github' | 'query' | 'http';

  /**
   * `true`: only keys without an owner: the account that is responsible for the key is disabled, or has been deleted. `false`: only the others.
   * @example true
   */
  @IsOptional()
  @QueryFlag()
  @IsBoolean()
  ownerGone?: boolean;

  /**
   * `true`: only keys that were used within 90 days for some of their scopes, but not for others that they have had for longer. `false`: only the
   * others.
   * @example true
   */
  @IsOptional()
  @QueryFlag()
  @IsBoolean()
  overScoped?: boolean;

  /**
   * `true`: only keys that live longer than the policy for the life of keys allows (`GET /api/v1/merchants/me/key-policy`). `false`: only the
   * others.
   * @example true
   */
  @IsOptional()
  @QueryFlag()
  @IsBoolean()
  exceedsPolicy?: boolean;

  /**
   * Only keys whose description contains this text (ignoring the case of letters), whose prefix begins with it, or whose last four
   * characters are equal to it.
   * @example "checkout"
   */
  @IsOptional()
  @IsText(50)
  q?: string;
}

/** The names of the criteria. */
export const CRITERIA: ReadonlySet<string> = new Set<keyof KeyFilter>([
  'status',
  'application',
  'externalId',
  'level',
  'scope',
  'environment',
  'surface',
  'createdAfter',
  'createdBefore',
  'expiresAfter',
  'expiresBefore',
  'lastUsedAfter',
  'lastUsedBefore',
  'neverExpires',
  'neverUsed',
  'exposed',
  'exposedSource',
  'ownerGone',
  'overScoped',
  'exceedsPolicy',
  'q',
]);

/** Requires at least one criterion, and refuses unknown names and `null`: if these were ignored, the filter would match more keys. */
export function IsFilter(): PropertyDecorator {
  return (target, property) =>
    registerDecorator({
      name: 'isFilter',
      target: target.constructor,
      propertyName: property as string,
      options: {
        message: `$property must have one or more of the properties ${[...CRITERIA].join(', ')}, no others, and none that is null`,
      },
      validator: {
        validate: (value: unknown) => {
          const given = Object.entries(value ?? {}).filter(([, criterion]) => criterion !== undefined);
          return given.length > 0 && given.every(([name, criterion]) => CRITERIA.has(name) && criterion !== null);
        },
      },
    });
}
