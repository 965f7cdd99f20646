import { Transform } from 'class-transformer';
import { registerDecorator } from 'class-validator';

/** The first and the last moment that every engine can store, in milliseconds since 1970. */
export const FIRST_MS = Date.parse('1000-01-01T00:00:00.000Z');
export const LAST_MS = Date.parse('9999-12-31T23:59:59.999Z');

const DAY_MS = 86_400_000;
const YEAR_0_MS = Date.parse('0000-01-01T00:00:00.000Z');

/**
 * What a date alone means: its first moment; its last moment, for an end that is included; or the moment after its last one, for an end that is
 * not.
 */
type DateMeaning = 'first moment' | 'last moment' | 'moment after';

const ADDED_MS: Record<DateMeaning, number> = { 'first moment': 0, 'last moment': DAY_MS - 1, 'moment after': DAY_MS };

const DATE = String.raw`(?<date>\d{4}-\d\d-\d\d)`;
const CLOCK = String.raw`(?<minute>(?:[01]\d|2[0-3]):[0-5]\d)(?::(?<second>[0-5]\d|60)(?:\.(?<fraction>\d+))?)?`;
const OFFSET = String.raw`(?<offset>Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)`;

/** A date, or a time as RFC 3339 writes it; its seconds may be missing. */
const TIME = new RegExp(`^${DATE}(?:T${CLOCK}${OFFSET})?$`, 'i');

/**
 * Reads a date (UTC), or a time as RFC 3339 writes it. Fractions are cut to milliseconds; a leap second, which only ends a month (UTC), is the
 * second after it.
 *
 * @returns milliseconds since 1970; `null` for anything else, and for years of more than four digits, which an offset can lead to
 */
export function parseTime(text: string, dateMeans: DateMeaning = 'first moment'): number | null {
  const { date = '', minute, second = '00', fraction = '', offset = '' } = TIME.exec(text)?.groups ?? {};
  if (!isDay(date)) return null;
  if (minute === undefined) return Math.min(Date.parse(date) + ADDED_MS[dateMeans], LAST_MS);
  const isLeap = second === '60';
  const cut = isLeap ? '000' : fraction.slice(0, 3).padEnd(3, '0');
  const ms = Date.parse(`${date}T${minute}:${isLeap ? '59' : second}.${cut}${offset.toUpperCase()}`);
  const read = isLeap ? ms + 1000 : ms;
  if (isLeap && !new Date(read).toISOString().includes('-01T00:00:00')) return null;
  return read >= YEAR_0_MS && read <= LAST_MS ? read : null;
}

/** Whether the month has this day: of the 30th of February, Date makes the 2nd of March. */
function isDay(date: string): boolean {
  const ms = Date.parse(date);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(date);
}

/** The value is a date or a time; it is kept as a time in UTC with milliseconds. */
function isTime(dateMeans: DateMeaning): PropertyDecorator {
  return (target, property) => {
    Transform(({ value }: { value: unknown }) => {
      const ms = typeof value === 'string' ? parseTime(value, dateMeans) : null;
      return ms === null ? value : new Date(ms).toISOString();
    })(target, property);
    registerDecorator({
      name: 'isMoment',
      target: target.constructor,
      propertyName: property as string,
      options: { message: '$property must be a date or a time, like 2026-11-21T00:00:00Z' },
      validator: { validate: (value: unknown) => typeof value === 'string' && parseTime(value) !== null },
    });
  };
}

/** The value is a date or a time. A date alone means its first moment. */
export const IsMoment = (): PropertyDecorator => isTime('first moment');

/** The value is a date or a time that is still included. A date alone means its last moment. */
export const IsLastMoment = (): PropertyDecorator => isTime('last moment');

/** The value is a date or a time that what is meant lies before. A date alone is included as a whole. */
export const IsEnd = (): PropertyDecorator => isTime('moment after');
