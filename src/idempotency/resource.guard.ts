import {
  createParamDecorator,
  Inject,
  mixin,
  type CanActivate,
  type ExecutionContext,
  type Type,
} from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Caller } from '../access/caller.js';
import { actionForRequest, type Action } from '../access/tenant-access.js';
import type { ErrorCode } from '../platform/events/domain-error.js';
import { PathParameter, Refuses } from '../platform/http/route-facts.js';
import { Replays } from './replays.js';

/** A request whose path names a resource of a merchant. */
export interface ResourceRequest<P> extends FastifyRequest<{ Params: P }> {
  user: Caller;
}

interface Resource<S, P, R> {
  /** The property of the request that holds the resource. */
  name: string;
  /** The path parameter that names the resource, for the document. */
  parameter: [name: string & keyof P, description: string, example: string];
  service: Type<S>;
  /** Returns the resource, or throws the refusal of the request. */
  find: (service: S, request: ResourceRequest<P>, action: Action) => Promise<R>;
  notFound: ErrorCode;
}

/**
 * Builds a guard that finds the resource in the path before the body is validated, so that a caller without access to the resource learns nothing
 * about the body, and a decorator for the handler's parameter that receives the resource.
 */
export function resourceGuard<S, P, R>({
  name,
  parameter,
  service,
  find,
  notFound,
}: Resource<S, P, R>): [guard: Type<CanActivate>, parameter: () => ParameterDecorator] {
  @PathParameter(...parameter)
  @Refuses(notFound, 'access.other_owner')
  class ResourceGuard implements CanActivate {
    constructor(
      @Inject(service) private readonly resources: S,
      @Inject(Replays) private readonly replays: Replays,
    ) {}

    async canActivate(context: ExecutionContext): Promise<boolean> {
      const request = context.switchToHttp().getRequest<ResourceRequest<P> & Record<string, unknown>>();
      await this.replays.findOrExcuse(request, async () => {
        request[name] = await find(this.resources, request, actionForRequest(request));
      });
      return true;
    }
  }
  const handlerParameter = createParamDecorator(
    (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<Record<string, unknown>>()[name],
  );
  return [mixin(ResourceGuard), handlerParameter];
}
