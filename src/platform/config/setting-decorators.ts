import { Transform } from 'class-transformer';
import { registerDecorator, type ValidationArguments } from 'class-validator';
import { CronTime } from 'cron';

/** The text is a whole number. */
export const Whole = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) => (/^\d{1,9}$/.test(String(value)) ? Number(value) : value));

/** The text is `true` or `false`. */
export const Flag = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) => ({ true: true, false: false })[String(value)] ?? value);

/** The text has commas between its items. */
export const List = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' ? value.split(',').map((item) => item.trim()) : value,
  );

/** The value is a cron expression. */
export const IsSchedule = (): PropertyDecorator => (target, property) =>
  registerDecorator({
    target: target.constructor,
    propertyName: property as string,
    options: { message: '$property must be a cron expression' },
    validator: { validate: (value: unknown) => CronTime.validateCronExpression(String(value)).valid },
  });

/** Whether a step that is taken after so many days comes after those before it, the first of which is taken then; 0 is never. */
export const followsAfter = (days: number, [first = 0, ...others]: number[]): boolean =>
  days === 0 || (first > 0 && [first, ...others].every((before) => days > before));

/** The value is 0, or more than those of the steps before it, as {@link followsAfter} has it. */
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
