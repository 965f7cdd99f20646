import { RouteConfig as NestRouteConfig } from '@nestjs/platform-fastify';
import { FASTIFY_ROUTE_CONFIG_METADATA } from '@nestjs/platform-fastify/constants.js';
import type { FastifyContextConfig } from 'fastify';

/** Handler decorator: adds to the configuration of its route, where Nest's own replaces it. */
export const RouteConfig =
  (config: FastifyContextConfig): MethodDecorator =>
  (target, name, descriptor) => {
    const before = readRouteConfig(descriptor.value as object);
    NestRouteConfig({ ...before, ...config })(target, name, descriptor);
  };

/** What a handler's decorators say of its route. A request has the same in `routeOptions.config`. */
export const readRouteConfig = (handler: object): FastifyContextConfig =>
  (Reflect.getMetadata(FASTIFY_ROUTE_CONFIG_METADATA, handler) as FastifyContextConfig | undefined) ?? {};
