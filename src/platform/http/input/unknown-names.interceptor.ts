import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { plainToInstance } from 'class-transformer';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';
import { DomainError, type FieldProblem } from '../../events/domain-error.js';
import { RouteConfig } from '../route-config.js';
import { surfaceOf } from '../surfaces/surfaces.js';
import { findProblems } from './body.pipe.js';
import { readRouteInputs, type InputClass } from './route-inputs.js';
import { describeUnknownName, findUnknownNames, readPath, type UnknownName } from './unknown-names.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route takes names that it does not know. */
    takesUnknownNames?: boolean;
  }
}

/** The header that lists the names which a route has ignored. */
export const IGNORED_FIELDS = 'X-Ignored-Fields';

/**
 * The route takes names that it does not know, without a word: for requests that others compose, such as an OpenID provider, a probe, or a mail
 * service that adds its own parameters to a link.
 */
export const TakesUnknownNames = (): MethodDecorator => RouteConfig({ takesUnknownNames: true });

/** The input of a request and the class that says which names it may have; `null` on a route that takes no such input. */
type Input = [input: InputClass | null, value: unknown];

/**
 * Refuses names in the query or the body that the route does not know, or on surfaces whose clients exist already, lists them in
 * `X-Ignored-Fields`. It runs before the pipe, which drops them.
 */
@Injectable()
export class UnknownNamesInterceptor implements NestInterceptor {
  private readonly inputs = new WeakMap<object, Map<number, InputClass>>();

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const { takesUnknownNames, takesLines, takesBytes } = request.routeOptions.config;
    if (takesUnknownNames) return next.handle();
    const inputs = this.inputsOf(context);
    const read: Input[] = [[inputs.get(RouteParamtypes.QUERY) ?? null, request.query]];
    // Bodies of lines or bytes are read by their routes.
    if (!takesLines && !takesBytes) read.push([inputs.get(RouteParamtypes.BODY) ?? null, request.body]);
    const unknown = read.flatMap(([input, value]) => findUnknownNames(input, value));
    if (unknown.length === 0) return next.handle();
    if (surfaceOf(request).unknownNames === 'refused')
      throw new DomainError('request.invalid', {
        fields: [...unknown.map(describeUnknownName), ...read.flatMap(findOtherProblems)],
      });
    void http.getResponse<FastifyReply>().header(IGNORED_FIELDS, formatNames(unknown));
    return next.handle();
  }

  private inputsOf(context: ExecutionContext): Map<number, InputClass> {
    const handler = context.getHandler();
    let inputs = this.inputs.get(handler);
    if (!inputs) {
      inputs = readRouteInputs(context.getClass<object>(), handler.name);
      this.inputs.set(handler, inputs);
    }
    return inputs;
  }
}

/** What else is wrong, so that a caller need not ask twice. */
const findOtherProblems = ([input, value]: Input): FieldProblem[] =>
  input && typeof value === 'object' && value !== null && !Array.isArray(value)
    ? findProblems(plainToInstance(input, value))
    : [];

/** Formats names as a list in a header: what a header can't hold is percent-encoded. */
const formatNames = (unknown: UnknownName[]): string =>
  unknown.map((name) => encodeURIComponent(readPath(name))).join(', ');
