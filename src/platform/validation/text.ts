import { registerDecorator, type ValidationArguments, type ValidationOptions } from 'class-validator';

/**
 * Characters that make a text look like another one, or break the line of a log or the header of a mail: control characters, separators of lines,
 * marks that change the direction of what follows, and what cannot be seen. Joiners, which emoji and many scripts need, are none of them, nor are
 * the marks that only set a direction where a text has none.
 */
const DECEPTIVE =
  /[\p{Cc}\p{Zl}\p{Zp}\u{ad}\u{180e}\u{200b}\u{202a}-\u{202e}\u{2060}-\u{206f}\u{feff}\u{fff9}-\u{fffb}\u{e0001}\u{115f}\u{1160}\u{2800}\u{3164}\u{ffa0}]/u;

/** Whether a value is a text of 1 to `max` code points that isn't blank, whole and not {@link DECEPTIVE}. */
export const isText = (value: unknown, max: number): value is string =>
  typeof value === 'string' &&
  value.trim() !== '' &&
  Array.from(value).length <= max &&
  value.isWellFormed() &&
  !DECEPTIVE.test(value);

/** Says what is wrong with a text, and names a character that it must not hold: it cannot be seen. */
function describeProblem({ property, value }: ValidationArguments, max: number): string {
  const code = typeof value === 'string' ? DECEPTIVE.exec(value)?.[0]?.codePointAt(0) : undefined;
  return code === undefined
    ? `${property} must be a text of 1 to ${max} characters`
    : `${property} must not hold the character U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}

/**
 * The value is a text of 1 to `max` code points that isn't blank and holds nothing that deceives a reader.
 * (class-validator's `MaxLength` leaves some code points out of its count; a database column doesn't.)
 */
export function IsText(max: number, options?: ValidationOptions): PropertyDecorator {
  return (target, property) =>
    registerDecorator({
      name: 'isText',
      target: target.constructor,
      propertyName: property as string,
      constraints: [max],
      options: { message: (subject: ValidationArguments) => describeProblem(subject, max), ...options },
      validator: {
        validate: (value: unknown) => isText(value, max),
      },
    });
}

/**
 * What an e-mail address may look like: ASCII before the @, unquoted, so that one inbox has one spelling; and also a host of the local network after
 * it.
 */
export const EMAIL = { allow_utf8_local_part: false, require_tld: false, blacklisted_chars: '"\\\\' } as const;
