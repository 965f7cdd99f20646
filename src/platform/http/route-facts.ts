import { GUARDS_METADATA, INTERCEPTORS_METADATA } from '@nestjs/common/constants.js';
import type { DomainError, ErrorCode } from '../events/domain-error.js';

/** An error that a route can answer with: its code, or where its words depend on more, the error itself. */
export type Refusal = ErrorCode | DomainError;

/** A part of a route's path that stands for something. */
interface PathParameter {
  description: string;
  example: string;
}

/** A header of an answer, as OpenAPI describes it. */
type Headers = Record<string, { description: string; schema: { type: string } }>;

/** What the documentation says of a route, and no code but its own can know. */
export interface RouteFacts {
  refusals: Refusal[];
  pathParameters: Record<string, PathParameter>;
  /** What a success holds. */
  answer: string;
  answerHeaders?: Headers;
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
});

type FactDecorator = (target: object, name?: string | symbol, descriptor?: PropertyDescriptor) => void;

const declare =
  (facts: Partial<RouteFacts>): FactDecorator =>
  (target, _name, descriptor) => {
    const subject = (descriptor?.value ?? target) as object;
    Reflect.defineMetadata(FACTS, combine(declaredBy(subject), facts), subject);
  };

/**
 * Says with which errors a handler refuses, or a guard or an interceptor for the routes that have it, besides those that follow from what
 * a route requires and takes.
 */
export const Refuses = (...refusals: Refusal[]): FactDecorator => declare({ refusals });

/** Says what a part of the path stands for, on the handler, the controller or the guard that reads it. */
export const PathParameter = (name: string, description: string, example: string): FactDecorator =>
  declare({ pathParameters: { [name]: { description, example } } });

/** Says what a handler answers with when it succeeds. */
export const Answers = (answer: string, answerHeaders?: Headers): FactDecorator => declare({ answer, answerHeaders });

/** Everything that a handler, its controller, and the guards and interceptors of both say of its route. */
export function readRouteFacts(controller: object, handler: object): RouteFacts {
  const helpers = [GUARDS_METADATA, INTERCEPTORS_METADATA].flatMap((kind) =>
    [controller, handler].flatMap((subject) => (Reflect.getMetadata(kind, subject) as object[] | undefined) ?? []),
  );
  return [...helpers, controller, handler].map(declaredBy).reduce<RouteFacts>(combine, NONE);
}
