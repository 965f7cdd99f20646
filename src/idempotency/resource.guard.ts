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
import { Replays } from './replays.js';

/** A request whose path names something that belongs to a merchant. */
export interface ResourceRequest<P> extends FastifyRequest<{ Params: P }> {
  user: Caller;
}

/**
 * Builds a guard that finds what the path names before the body is validated, so that a caller without access to it learns nothing about the
 * body, and a decorator for the handler's parameter that takes what the guard found.
 *
 * @param name under which the request holds what was found
 * @param find throws what the request is refused with
 */
export function resourceGuard<S, P, R>(
  name: string,
  service: Type<S>,
  find: (service: S, request: ResourceRequest<P>, action: Action) => Promise<R>,
): [guard: Type<CanActivate>, parameter: () => ParameterDecorator] {
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
  const parameter = createParamDecorator(
    (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<Record<string, unknown>>()[name],
  );
  return [mixin(ResourceGuard), parameter];
}
