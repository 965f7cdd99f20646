import { ValidateIf } from 'class-validator';

/** The field may be left out, but it can't be `null`. */
export const IsOmittable = (): PropertyDecorator => ValidateIf((_, value: unknown) => value !== undefined);
