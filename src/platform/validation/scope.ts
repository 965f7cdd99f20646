import { applyDecorators } from '@nestjs/common';
import { ArrayMaxSize, ArrayNotEmpty, IsArray, Matches, MaxLength, registerDecorator } from 'class-validator';

/** A scope: names separated by colons, like `payments:write`. The last one may be `*`. */
export const SCOPE = /^[a-z0-9][a-z0-9._-]*(:[a-z0-9][a-z0-9._-]*)*(:\*)?$/;

export const SCOPE_MAX_LENGTH = 100;

/** The most scopes that a key or a merchant has. */
export const SCOPES_MAX = 50;

/** The value is a list of scopes that is not empty. The rules are examined in this order, and the first that is broken is told. */
export const IsScopes = (): PropertyDecorator =>
  applyDecorators(
    IsArray(),
    ArrayNotEmpty(),
    ArrayMaxSize(SCOPES_MAX),
    Matches(SCOPE, {
      each: true,
      message: 'each value in $property must be a scope, like payments:write or payments:*',
    }),
    MaxLength(SCOPE_MAX_LENGTH, { each: true }),
  );

/** In place of a merchant's scopes: every scope. */
export const EVERY_SCOPE = '*';

/** Each item is a scope, or stands for every scope. */
export const IsMerchantScopes = (): PropertyDecorator => (target, property) =>
  registerDecorator({
    name: 'isMerchantScopes',
    target: target.constructor,
    propertyName: property as string,
    options: {
      each: true,
      message: `$property: each must be a scope, like payments:write or payments:*, or ${EVERY_SCOPE} for every scope`,
    },
    validator: { validate: isMerchantScope },
  });

const isMerchantScope = (text: unknown): boolean =>
  text === EVERY_SCOPE || (typeof text === 'string' && text.length <= SCOPE_MAX_LENGTH && SCOPE.test(text));
