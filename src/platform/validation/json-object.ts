import { Transform } from 'class-transformer';
import { registerDecorator, type ValidationArguments } from 'class-validator';

/** The value is a JSON object of at most this many bytes without white space, whose numbers are kept exactly. */
export function IsJsonObject(maxBytes: number): PropertyDecorator {
  return (target, property) => {
    Transform(({ obj }: { obj: Record<string | symbol, unknown> }) => obj[property])(target, property);
    registerDecorator({
      name: 'isJsonObject',
      target: target.constructor,
      propertyName: property as string,
      options: { message: ({ property, value }: ValidationArguments) => describeProblem(property, value, maxBytes) },
      validator: {
        validate: (value: unknown) =>
          typeof value === 'object' &&
          value !== null &&
          !Array.isArray(value) &&
          !holdsInexact(value) &&
          Buffer.byteLength(JSON.stringify(value)) <= maxBytes,
      },
    });
  };
}

function describeProblem(property: string, value: unknown, maxBytes: number): string {
  return holdsInexact(value)
    ? `${property} must not hold a number that cannot be kept exactly; send it as a text`
    : `${property} must be an object of at most ${maxBytes} bytes as JSON`;
}

/** Whether a value holds a number that its JSON could not express. Bodies are read so that inexact numbers are infinite. */
function holdsInexact(value: unknown): boolean {
  if (typeof value === 'number') return !Number.isFinite(value);
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsInexact);
}
