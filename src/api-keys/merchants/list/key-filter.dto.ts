import { IsIn, IsInt, IsOptional, IsUUID, Matches, Max, MaxLength, Min, registerDecorator } from 'class-validator';
import { MAX_LEVEL } from '../../../access/levels.js';
import { SCOPE, SCOPE_MAX_LENGTH } from '../../permissions/scopes.js';
import { QueryNumber } from '../../../platform/http/paging/page.dto.js';
import { IsMoment, IsText } from '../../../platform/validation/text.js';

const STATUSES = ['active', 'disabled', 'expired', 'expiring', 'unused', 'rotating'] as const;

/** Which keys are meant: those that meet everything that is said. */
export class KeyFilter {
  /**
   * `active` keys are enabled and haven't ended, `disabled` ones aren't enabled, `expired` ones are but have ended. Of the active ones,
   * `expiring` ones end within 30 days, `unused` ones were never used, or not for 90 days, and `rotating` ones have a previous secret
   * that still works.
   */
  @IsOptional()
  @IsIn(STATUSES)
  status?: 'active' | 'disabled' | 'expired' | 'expiring' | 'unused' | 'rotating';

  /**
   * Only those of this application.
   * @example "5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11"
   */
  @IsOptional()
  @IsUUID()
  application?: string;

  /**
   * Only those of this level.
   * @example 4
   */
  @IsOptional()
  @QueryNumber()
  @Min(0)
  @Max(MAX_LEVEL)
  @IsInt()
  level?: number;

  /**
   * Only those with just this scope among theirs.
   * @example "payments:write"
   */
  @IsOptional()
  @Matches(SCOPE, { message: '$property must be a scope, like payments:write or payments:*' })
  @MaxLength(SCOPE_MAX_LENGTH)
  scope?: string;

  /** Only those of this environment. */
  @IsOptional()
  @IsIn(['live', 'test'])
  environment?: 'live' | 'test';

  /** Only those made on this surface. */
  @IsOptional()
  @IsIn(['clients', 'merchants', 'accounts'])
  surface?: 'clients' | 'merchants' | 'accounts';

  /**
   * Not made before this time.
   * @example "2026-11-21T00:00:00.000Z"
   */
  @IsOptional()
  @IsMoment()
  createdAfter?: string;

  /**
   * Made before this time.
   * @example "2026-11-22T00:00:00.000Z"
   */
  @IsOptional()
  @IsMoment()
  createdBefore?: string;

  /**
   * With an end, not before this time.
   * @example "2026-11-21T00:00:00.000Z"
   */
  @IsOptional()
  @IsMoment()
  expiresAfter?: string;

  /**
   * With an end, before this time.
   * @example "2026-11-22T00:00:00.000Z"
   */
  @IsOptional()
  @IsMoment()
  expiresBefore?: string;

  /**
   * Used, and not only before this time.
   * @example "2026-11-21T00:00:00.000Z"
   */
  @IsOptional()
  @IsMoment()
  lastUsedAfter?: string;

  /**
   * Used, and only before this time.
   * @example "2026-11-22T00:00:00.000Z"
   */
  @IsOptional()
  @IsMoment()
  lastUsedBefore?: string;

  /**
   * Only those whose description contains this, in capitals or not (A to Z), whose prefix begins with it, or whose last four characters it is.
   * @example "checkout"
   */
  @IsOptional()
  @IsText(50)
  q?: string;
}

/** What a filter can name. */
export const CRITERIA: ReadonlySet<string> = new Set<keyof KeyFilter>([
  'status',
  'application',
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
  'q',
]);

/** The value says at least one criterion and nothing else: what is dropped in silence, or is `null`, would let a filter mean more keys. */
export function IsFilter(): PropertyDecorator {
  return (target, property) =>
    registerDecorator({
      name: 'isFilter',
      target: target.constructor,
      propertyName: property as string,
      options: {
        message: `$property must name one or more of ${[...CRITERIA].join(', ')}, and nothing else, none of them null`,
      },
      validator: {
        validate: (value: unknown) => {
          const said = Object.entries(value ?? {}).filter(([, criterion]) => criterion !== undefined);
          return said.length > 0 && said.every(([name, criterion]) => CRITERIA.has(name) && criterion !== null);
        },
      },
    });
}
