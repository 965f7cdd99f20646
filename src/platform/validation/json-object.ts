import { Transform } from 'class-transformer';
import { registerDecorator } from 'class-validator';

/** The value is a JSON object of at most this many bytes without white space. */
export function IsJsonObject(maxBytes: number): PropertyDecorator {
  return (target, property) => {
    Transform(({ obj }: { obj: Record<string | symbol, unknown> }) => obj[property])(target, property);
    registerDecorator({
      name: 'isJsonObject',
      target: target.constructor,
      propertyName: property as string,
      options: { message: `$property must be an object of at most ${maxBytes} bytes as JSON` },
      validator: {
        validate: (value: unknown) =>
          typeof value === 'object' &&
          value !== null &&
          !Array.isArray(value) &&
          Buffer.byteLength(JSON.stringify(value)) <= maxBytes,
      },
    });
  };
}
