import { RouteConfig as NestRouteConfig } from '@nestjs/platform-fastify';
import { FASTIFY_ROUTE_CONFIG_METADATA } from '@nestjs/platform-fastify/constants.js';
import type { FastifyContextConfig } from 'fastify';

/** Handler decorator: adds to the configuration of the route. Nest's own decorator replaces what was there. */
export const RouteConfig =
  (config: FastifyContextConfig): MethodDecorator =>
  (target, name, descriptor) => {
    const before = readRouteConfig(descriptor.value as object);
    NestRouteConfig({ ...before, ...config })(target, name, descriptor);
  };

/** Returns the configuration of a handler's route. A request has the same in `routeOptions.config`. */
export const readRouteConfig = (handler: object): FastifyContextConfig =>
  (Reflect.getMetadata(FASTIFY_ROUTE_CONFIG_METADATA, handler) as FastifyContextConfig | undefined) ?? {};
