import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import type { ClassConstructor } from 'class-transformer';

/** A class by whose rules input is validated. */
export type InputClass = ClassConstructor<object>;

/** The kinds of handler parameters that the pipe validates. */
const VALIDATED: number[] = [RouteParamtypes.BODY, RouteParamtypes.QUERY, RouteParamtypes.PARAM];

/** Returns the classes by whose rules the pipe validates a handler's input, by kind: the body before the query. */
export function readRouteInputs(controller: object & { prototype: object }, handler: string): Map<number, InputClass> {
  const parameters = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, handler) ?? {}) as Record<
    string,
    { index: number; data?: unknown }
  >;
  const types = (Reflect.getMetadata('design:paramtypes', controller.prototype, handler) ?? []) as InputClass[];
  const inputs = Object.entries(parameters).flatMap(([key, { index, data }]): [number, InputClass][] => {
    const kind = Number(key.split(':', 1)[0]);
    const type = types[index];
    return VALIDATED.includes(kind) && data === undefined && type ? [[kind, type]] : [];
  });
  return new Map(inputs.sort(([a], [b]) => a - b));
}
