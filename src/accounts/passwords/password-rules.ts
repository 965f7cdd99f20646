import { registerDecorator } from 'class-validator';
import { LEVELS } from '../../access/levels.js';
import { DomainError } from '../../platform/events/domain-error.js';
import { optionalPackage } from '../../platform/runtime/optional-package.js';

const zxcvbn = optionalPackage<typeof import('@zxcvbn-ts/language-common')>('@zxcvbn-ts/language-common');

/** The length that a password needs if its account may manage others (OWASP ASVS 5.0, 6.2.1 and 6.2.9). */
const MANAGERS_LENGTH = 12;

const isTooShort = (password: string, level: number): boolean =>
  level >= LEVELS.writeOwn && Array.from(password).length < MANAGERS_LENGTH;

/** The most common passwords, in lower case; `null` until the first one is asked for. */
let common: ReadonlySet<string> | null = null;

function isCommon(password: string): boolean {
  common ??= new Set<string>(zxcvbn().dictionary['passwords-common']);
  return common.has(password.toLowerCase());
}

/** Refuses a common password. */
export function IsUncommonPassword(message: string): PropertyDecorator {
  return (target, property) =>
    registerDecorator({
      name: 'isUncommonPassword',
      target: target.constructor,
      propertyName: property as string,
      options: { message },
      validator: { validate: (value: unknown) => typeof value !== 'string' || !isCommon(value) },
    });
}

/** Whether a password must not be an account's of this level. */
export const isWeak = (password: string, level: number): boolean => isTooShort(password, level) || isCommon(password);

/** @throws {DomainError} `password.too_short` unless the password is long enough for an account of this level */
export function assertLongEnough(password: string, level: number): void {
  if (isTooShort(password, level)) throw new DomainError('password.too_short');
}
