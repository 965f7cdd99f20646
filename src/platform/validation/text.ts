import { registerDecorator, type ValidationOptions } from 'class-validator';

/** A string as an engine will store it: no NUL, no half of a surrogate pair. */
const isStorable = (text: string): boolean => !text.includes('\0') && text.isWellFormed();

/** Whether a value is a text of 1 to `max` code points that isn't blank. */
export const isText = (value: unknown, max: number): value is string =>
  typeof value === 'string' && value.trim() !== '' && Array.from(value).length <= max && isStorable(value);

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
        validate: (value: unknown) => isText(value, max),
      },
    });
}

/** What an e-mail address may look like: ASCII before the @, and also a host of the local network after it. */
export const EMAIL = { allow_utf8_local_part: false, require_tld: false } as const;

const MOMENT = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d))?$/;

/** The first and the last moment that every engine can store, in milliseconds since 1970. */
export const FIRST_MS = Date.parse('1000-01-01T00:00:00.000Z');
export const LAST_MS = Date.parse('9999-12-31T23:59:59.999Z');

/** The value is a date or a time as RFC 3339 writes them. */
export function IsMoment(): PropertyDecorator {
  return (target, property) =>
    registerDecorator({
      name: 'isMoment',
      target: target.constructor,
      propertyName: property as string,
      options: { message: '$property must be a date or a time, like 2026-11-21T00:00:00Z' },
      validator: { validate: (value: unknown) => typeof value === 'string' && isMoment(value) },
    });
}

/** Years of more or fewer than four digits, which a time zone can lead to, aren't RFC 3339's, nor any engine's. */
const isMoment = (text: string): boolean =>
  MOMENT.test(text) && Date.parse(text) >= YEAR_0_MS && Date.parse(text) <= LAST_MS && isDay(text.slice(0, 10));

const YEAR_0_MS = Date.parse('0000-01-01T00:00:00.000Z');

/** Whether the month has this day: of the 30th of February, Date makes the 2nd of March. */
const isDay = (date: string): boolean => new Date(date).toISOString().startsWith(date);
