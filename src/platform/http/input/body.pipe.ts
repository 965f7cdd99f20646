import { Injectable, ValidationPipe, type ArgumentMetadata, type ValidationError } from '@nestjs/common';
import { validateSync } from 'class-validator';
import { DomainError, type FieldProblem } from '../../events/domain-error.js';

const RULES = { whitelist: true, stopAtFirstError: true } as const;

/**
 * Validates bodies and queries by the rules of their classes, in the order of the rules. Names that a class does not know are dropped: the
 * interceptor before it has refused or listed them. A body that is missing, empty
 * or not an object has an error code of its own. A route whose fields are all optional accepts a missing body, but refuses one that isn't an
 * object.
 */
@Injectable()
export class BodyPipe extends ValidationPipe {
  constructor() {
    super({
      transform: true,
      ...RULES,
      exceptionFactory: (errors) =>
        new DomainError('request.invalid', { fields: errors.flatMap((error) => problems(error)) }),
    });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (metadata.type !== 'body') return super.transform(value, metadata);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    const isFilled = isObject && Object.keys(value).length > 0;
    try {
      const body: unknown = await super.transform(isFilled ? value : {}, metadata);
      if (isObject || value == null) return body;
      throw new DomainError('request.body_missing');
    } catch (error) {
      if (isFilled || !(error instanceof DomainError)) throw error;
      throw new DomainError('request.body_missing', error.context);
    }
  }
}

/** Lists the problems of an object by the rules of its class, as the pipe finds them. */
export const findProblems = (instance: object, parent = ''): FieldProblem[] =>
  validateSync(instance, RULES).flatMap((error) => problems(error, parent));

/** Lists the problems of a field and of the fields within it. */
function problems(error: ValidationError, parent = ''): FieldProblem[] {
  const field = parent + error.property;
  const own = Object.values(error.constraints ?? {}).map((message) => ({ field, message }));
  return [...own, ...(error.children ?? []).flatMap((child) => problems(child, `${field}.`))];
}
