import { Transform } from 'class-transformer';
import { registerDecorator, type ValidationArguments } from 'class-validator';
import { CronTime } from 'cron';

/** The text is a whole number. */
export const Whole = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) => (/^\d{1,9}$/.test(String(value)) ? Number(value) : value));

/** The text is `true` or `false`. */
export const Flag = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) => ({ true: true, false: false })[String(value)] ?? value);

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
