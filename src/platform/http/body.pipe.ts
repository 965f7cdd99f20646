import { Injectable, ValidationPipe, type ArgumentMetadata, type ValidationError } from '@nestjs/common';
import { validateSync } from 'class-validator';
import { DomainError, type FieldProblem } from '../events/domain-error.js';

const RULES = { whitelist: true, stopAtFirstError: true } as const;

/**
 * Checks bodies and queries against the rules of their classes, in the order the rules are written; unknown fields are dropped.
 * A body that is missing, empty or no object is told apart from one with wrong fields. Where all fields may be left out the whole body may, but
 * one that is no object is refused: it was meant to say something.
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

/** What is wrong with an object that isn't as its class says, as the pipe would find it. */
export const findProblems = (instance: object, parent = ''): FieldProblem[] =>
  validateSync(instance, RULES).flatMap((error) => problems(error, parent));

/** What is wrong with a field, and with those within it. */
function problems(error: ValidationError, parent = ''): FieldProblem[] {
  const field = parent + error.property;
  const own = Object.values(error.constraints ?? {}).map((message) => ({ field, message }));
  return [...own, ...(error.children ?? []).flatMap((child) => problems(child, `${field}.`))];
}
