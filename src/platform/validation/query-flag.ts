import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsBoolean } from 'class-validator';

const FLAGS: Record<string, boolean> = { true: true, false: false };

/** The value of the query parameter is `true` or `false`. */
export const IsQueryFlag = (): PropertyDecorator =>
  applyDecorators(
    Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? (FLAGS[value] ?? value) : value)),
    IsBoolean({ message: '$property must be true or false' }),
  );
