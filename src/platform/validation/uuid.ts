import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsUUID, type ValidationOptions } from 'class-validator';

/** A UUID in either case. */
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

export const isUuid = (value: unknown): value is string => typeof value === 'string' && UUID.test(value);

/** Returns a UUID as ids are stored, in lower case; any other value as it is. */
export const spellUuid = <T>(value: T): T | string => (isUuid(value) ? value.toLowerCase() : value);

/** The value, or each of its items, is kept in lower case if it is a UUID. */
export const UuidInLowerCase = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) => (Array.isArray(value) ? value.map(spellUuid) : spellUuid(value)));

/** The value, or each of its items, is a UUID in either case; it is kept in lower case. */
export const IsId = (options?: ValidationOptions): PropertyDecorator =>
  applyDecorators(IsUUID('all', options), UuidInLowerCase());
