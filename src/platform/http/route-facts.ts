import { GUARDS_METADATA, INTERCEPTORS_METADATA } from '@nestjs/common/constants.js';
import type { DomainError, ErrorCode } from '../events/domain-error.js';

/** An error that a route answers with: its code, or the error itself if its message depends on more than the code. */
export type Refusal = ErrorCode | DomainError;

/** A parameter in a route's path. */
interface PathParameter {
  description: string;
  example: string;
}

/** Response headers, as OpenAPI describes them. */
type Headers = Record<string, { description: string; schema: { type: string; const?: string; example?: unknown } }>;

/** What only a route's own decorators can tell the documentation. */
export interface RouteFacts {
  refusals: Refusal[];
  pathParameters: Record<string, PathParameter>;
  /** What a successful response holds, in a sentence. */
  answer: string;
  answerHeaders?: Headers;
  /** The headers of every response, also of errors. */
  headers?: Headers;
  /** Whether a body is required although none of its properties is. */
  isBodyRequired?: boolean;
}

const FACTS = 'keywright:route-facts';

const NONE: RouteFacts = { refusals: [], pathParameters: {}, answer: '' };

const declaredBy = (subject: object): Partial<RouteFacts> =>
  (Reflect.getMetadata(FACTS, subject) as Partial<RouteFacts> | undefined) ?? {};

const combine = <T extends Partial<RouteFacts>>(a: T, b: Partial<RouteFacts>): T => ({
  ...a,
  ...b,
  refusals: [...(a.refusals ?? []), ...(b.refusals ?? [])],
  pathParameters: { ...a.pathParameters, ...b.pathParameters },
  answerHeaders: { ...a.answerHeaders, ...b.answerHeaders },
});

type FactDecorator = (target: object, name?: string | symbol, descriptor?: PropertyDescriptor) => void;

const declare =
  (facts: Partial<RouteFacts>): FactDecorator =>
  (target, _name, descriptor) => {
    const subject = (descriptor?.value ?? target) as object;
    Reflect.defineMetadata(FACTS, combine(declaredBy(subject), facts), subject);
  };

/**
 * Declares the errors of a handler, or of a guard or an interceptor for every route that uses it. Errors that follow from what a route
 * requires and takes need no declaration.
 */
export const Refuses = (...refusals: Refusal[]): FactDecorator => declare({ refusals });

/** Describes a parameter of the path, on the controller or the guard that reads it. */
export const PathParameter = (name: string, description: string, example: string): FactDecorator =>
  declare({ pathParameters: { [name]: { description, example } } });

/** Describes the successful response of a handler. */
export const Answers = (answer: string, answerHeaders?: Headers): FactDecorator => declare({ answer, answerHeaders });

/** Describes a header that successful responses of a handler have, or those of every route that uses an interceptor. */
export const Sends = (answerHeaders: Headers): FactDecorator => declare({ answerHeaders });

/** Describes headers that every response of a handler has. */
export const AlwaysSends = (headers: Headers): FactDecorator => declare({ headers });

/** Declares that a request without a body is refused although no property is required. */
export const RequiresBody = (): FactDecorator => declare({ isBodyRequired: true });

/** Returns what a handler, its controller, and the guards and interceptors of both declare. */
export function readRouteFacts(controller: object, handler: object): RouteFacts {
  const helpers = [GUARDS_METADATA, INTERCEPTORS_METADATA].flatMap((kind) =>
    [controller, handler].flatMap((subject) => (Reflect.getMetadata(kind, subject) as object[] | undefined) ?? []),
  );
  return [...helpers, controller, handler].map(declaredBy).reduce<RouteFacts>(combine, NONE);
}
