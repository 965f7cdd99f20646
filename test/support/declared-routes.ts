import { RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';
import type { Requirement } from '../../src/platform/http/requirement.js';
import { readRouteConfig } from '../../src/platform/http/route-config.js';
import type { TestServer } from './server.js';

/** A path of a handler. */
export interface DeclaredRoute {
  method: string;
  path: string;
  requirement: Requirement | undefined;
}

/** Every handler of every controller of the running application. */
export function declaredRoutes(server: TestServer): DeclaredRoute[] {
  const scanner = new MetadataScanner();
  const controllers = [...server.app.get(ModulesContainer).values()].flatMap((module) => [
    ...module.controllers.values(),
  ]);
  return controllers.flatMap(({ metatype, instance }) => {
    const prototype = Object.getPrototypeOf(instance) as Record<string, object>;
    const prefixes = paths(metatype as object);
    return scanner.getAllMethodNames(prototype).flatMap((name) => {
      const handler = prototype[name] ?? {};
      const method = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod | undefined;
      if (method === undefined) return [];
      const { requirement } = readRouteConfig(handler);
      return prefixes.flatMap((prefix) =>
        paths(handler).map((path) => ({ method: RequestMethod[method], path: joined(prefix, path), requirement })),
      );
    });
  });
}

const paths = (target: object): string[] => [Reflect.getMetadata(PATH_METADATA, target) as string | string[]].flat();

const joined = (prefix: string, path: string): string =>
  `/${[prefix, path]
    .flatMap((part) => part.split('/'))
    .filter(Boolean)
    .join('/')}`;
