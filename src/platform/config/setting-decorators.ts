import { Transform } from 'class-transformer';
import {
  buildMessage,
  IsBoolean,
  isURL,
  registerDecorator,
  ValidateBy,
  type ValidationArguments,
} from 'class-validator';
import { CronTime } from 'cron';

/** The greatest whole number that a setting takes, unless it has a limit of its own. */
const WHOLE_MAX = 999_999_999;

const together =
  (...decorators: PropertyDecorator[]): PropertyDecorator =>
  (target, property) => {
    for (const decorate of decorators) decorate(target, property);
  };

/** The text is a whole number from `min` to `max`. */
export const Whole = (min = 0, max = WHOLE_MAX): PropertyDecorator =>
  together(
    Transform(({ value }: { value: unknown }) => (/^\d{1,9}$/.test(String(value)) ? Number(value) : value)),
    ValidateBy({
      name: 'isWhole',
      validator: {
        validate: (value: unknown) => Number.isInteger(value) && Number(value) >= min && Number(value) <= max,
        defaultMessage: buildMessage((each) => `${each}$property must be a whole number from ${min} to ${max}`),
      },
    }),
  );

/** The text is `true` or `false`. */
export const Flag = (): PropertyDecorator =>
  together(
    Transform(({ value }: { value: unknown }) => ({ true: true, false: false })[String(value)] ?? value),
    IsBoolean({ message: '$property must be true or false' }),
  );

interface UrlRule {
  /** What the URL must be, in words. */
  kind: string;
  /** A URL that is allowed. */
  example: string;
  /** Whether the URL is the beginning of others, so that it has neither a query nor a fragment. */
  isBase?: boolean;
}

/** The text is a URL with one of the protocols. */
export const UrlOf = (protocols: string[], { kind, example, isBase = false }: UrlRule): PropertyDecorator =>
  ValidateBy({
    name: 'isUrlOf',
    validator: {
      validate: (value: unknown) =>
        typeof value === 'string' &&
        isURL(value, { protocols, require_tld: false, require_protocol: true }) &&
        !(isBase && /[?#]/.test(value)),
      defaultMessage: buildMessage(
        (each) => `${each}$property must be ${kind}${isBase ? ' without a query or fragment' : ''}, like ${example}`,
      ),
    },
  });

/** The text is a list, separated by commas. */
export const List = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' ? value.split(',').map((item) => item.trim()) : value,
  );

/** As {@link List}, but a text with a part that is too short for a secret is one secret, which holds commas. */
export const SecretList = (minLength: number): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) => {
    if (typeof value !== 'string') return value;
    const parts = value.split(',').map((part) => part.trim());
    return parts.every(({ length }) => length >= minLength) ? parts : [value];
  });

/** The value is a cron expression. */
export const IsSchedule = (): PropertyDecorator => (target, property) =>
  registerDecorator({
    target: target.constructor,
    propertyName: property as string,
    options: { message: '$property must be a cron expression' },
    validator: { validate: (value: unknown) => CronTime.validateCronExpression(String(value)).valid },
  });

/** Whether a step after this many days follows the steps before it, of which the first must not be switched off; 0 switches a step off. */
export const followsAfter = (days: number, [first = 0, ...others]: number[]): boolean =>
  days === 0 || (first > 0 && [first, ...others].every((before) => days > before));

/** The value does not exceed the value of another setting, unless that is 0. */
export const AtMost =
  (limit: string): PropertyDecorator =>
  (target, property) =>
    registerDecorator({
      target: target.constructor,
      propertyName: property as string,
      options: { message: `$property must not be more than ${limit}` },
      validator: {
        validate: (value: unknown, { object }: ValidationArguments) => {
          const most = (object as Record<string, number>)[limit] ?? 0;
          return most === 0 || Number(value) <= most;
        },
      },
    });

/** The value is 0, or greater than the values of the steps before it (see {@link followsAfter}). */
export const FollowsAfter =
  (first: string, ...others: string[]): PropertyDecorator =>
  (target, property) =>
    registerDecorator({
      target: target.constructor,
      propertyName: property as string,
      options: {
        message: `$property must be 0, or more than ${[first, ...others].join(' and ')}; ${first} must not be 0 then`,
      },
      validator: {
        validate: (value: unknown, { object }: ValidationArguments) =>
          followsAfter(
            Number(value),
            [first, ...others].map((name) => (object as Record<string, number>)[name] ?? 0),
          ),
      },
    });
