import { isIP } from 'node:net';
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

/** Each item is an address or a network in CIDR notation whose host bits are zero. */
export function IsNetwork(): PropertyDecorator {
  return (target, property) =>
    registerDecorator({
      name: 'isNetwork',
      target: target.constructor,
      propertyName: property as string,
      options: {
        each: true,
        message: '$property: each must be an address, or a network like 203.0.113.0/24 without host bits',
      },
      validator: { validate: (value: unknown) => typeof value === 'string' && isNetwork(value) },
    });
}

function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0 || address.includes('%')) return false;
  if (bits === undefined) return true;
  const length = family === 4 ? 32 : 128;
  if (!/^\d{1,3}$/.test(bits) || Number(bits) > length) return false;
  const hostBits = BigInt(length - Number(bits));
  return (addressNumber(address, family) & ((1n << hostBits) - 1n)) === 0n;
}

/** An address as one number. */
function addressNumber(address: string, family: number): bigint {
  if (family === 4) return address.split('.').reduce((number, part) => (number << 8n) | BigInt(part), 0n);
  // The URL parser writes every IPv6 address in hexadecimal groups, with at most one gap.
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const groups = (part: string | undefined): string[] => (part ? part.split(':') : []);
  const gap = Array<string>(8 - groups(head).length - groups(tail).length).fill('0');
  const all = tail === undefined ? groups(head) : [...groups(head), ...gap, ...groups(tail)];
  return all.reduce((number, group) => (number << 16n) | BigInt(`0x${group}`), 0n);
}
