import { registerDecorator, type ValidationOptions } from 'class-validator';

/** A string as an engine will store it: no NUL, no half of a surrogate pair. */
const isStorable = (text: string): boolean => !text.includes('\0') && text.isWellFormed();

/**
 * The value is a text of 1 to `max` code points that isn't blank.
 * (class-validator's `MaxLength` leaves some code points out of its count; a database column doesn't.)
 */
export function IsText(max: number, options?: ValidationOptions): PropertyDecorator {
  return (target, property) =>
    registerDecorator({
      name: 'isText',
      target: target.constructor,
      propertyName: property as string,
      constraints: [max],
      options: { message: `$property must be a text of 1 to ${max} characters`, ...options },
      validator: {
        validate: (value: unknown) =>
          typeof value === 'string' && value.trim() !== '' && Array.from(value).length <= max && isStorable(value),
      },
    });
}

/** What an e-mail address may look like: ASCII before the @, and also a host of the local network after it. */
export const EMAIL = { allow_utf8_local_part: false, require_tld: false } as const;

const MOMENT = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d))?$/;

/** The value is a date or a time as RFC 3339 writes them. */
export function IsMoment(): PropertyDecorator {
  return (target, property) =>
    registerDecorator({
      name: 'isMoment',
      target: target.constructor,
      propertyName: property as string,
      options: { message: '$property must be a date or a time, like 2026-11-21T00:00:00Z' },
      validator: {
        validate: (value: unknown) =>
          typeof value === 'string' && MOMENT.test(value) && !Number.isNaN(Date.parse(value)),
      },
    });
}
