import { ValidateIf } from 'class-validator';

/** The field may be missing, but not `null`. */
export const IsOmittable = (): PropertyDecorator => ValidateIf((_, value: unknown) => value !== undefined);
