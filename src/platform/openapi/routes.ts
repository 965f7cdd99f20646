import type { INestApplication } from '@nestjs/common';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { ModulesContainer } from '@nestjs/core';
import { plainToInstance, type ClassConstructor } from 'class-transformer';
import { getMetadataStorage } from 'class-validator';
import type { FastifyContextConfig } from 'fastify';
import { DomainError, type FieldProblem } from '../events/domain-error.js';
import { findProblems } from '../http/input/body.pipe.js';
import { readRouteInputs, type InputClass } from '../http/input/route-inputs.js';
import type { Requirement } from '../http/requirement.js';
import { readRouteConfig } from '../http/route-config.js';
import { readRouteFacts, type Refusal, type RouteFacts } from '../http/route-facts.js';

/** A route as its handler declares it. */
export interface Route
  extends Partial<RouteFacts>, Pick<FastifyContextConfig, 'message' | 'errorMessages' | 'takesUnknownNames'> {
  requirement: Requirement;
  /** The route bypasses Nest. */
  isFast?: boolean;
}

type Controller = ClassConstructor<Record<string, object>>;

/** Finds the route that a handler declares. */
export class Routes {
  private readonly controllers: Map<string, Controller>;

  constructor(app: INestApplication) {
    const modules = [...app.get(ModulesContainer).values()];
    const found = modules.flatMap(({ controllers }) => [...controllers.values()]);
    this.controllers = new Map(found.map(({ name, metatype }) => [String(name), metatype as Controller]));
  }

  find(controllerName: string, name: string): Route {
    const controller = this.controllers.get(controllerName);
    const handler = (controller?.prototype as Record<string, object> | undefined)?.[name];
    const { requirement, message, errorMessages, takesUnknownNames } = readRouteConfig(handler ?? {});
    if (!controller || !handler || !requirement) throw new Error(`${controllerName}.${name} declares no route.`);
    const facts = readRouteFacts(controller, handler);
    const refusals = [...inputRefusals(controller, name), ...facts.refusals];
    const isBodyRequired = facts.isBodyRequired ?? refusals.some(namesMissingField);
    return { ...facts, requirement, message, errorMessages, takesUnknownNames, refusals, isBodyRequired };
  }
}

/** Whether an error refuses a missing body because of what it lacks. */
const namesMissingField = (refusal: Refusal): boolean =>
  typeof refusal !== 'string' && refusal.code === 'request.body_missing' && refusal.context.fields !== undefined;

/** Returns the errors with which the pipe refuses a handler's input, with the messages that it sends. */
function inputRefusals(controller: Controller, name: string): DomainError[] {
  const inputs = readRouteInputs(controller, name);
  const body = inputs.get(RouteParamtypes.BODY);
  const missing = body ? findProblems(plainToInstance(body, {})) : [];
  const fields = [...inputs.values()].map(findWrongField).find((found) => found.length > 0);
  return [
    ...(fields ? [new DomainError('request.invalid', { fields })] : []),
    ...(body ? [new DomainError('request.body_missing', missing.length > 0 ? { fields: missing } : {})] : []),
  ];
}

/** Values of which every rule refuses at least one. */
const WRONG_VALUES = [['', ''], {}, ''];

/** Returns the problems of an empty input, or if it has none, of an input with one invalid field. */
function findWrongField(input: InputClass): FieldProblem[] {
  const names = getMetadataStorage()
    .getTargetValidationMetadatas(input, '', false, false)
    .map(({ propertyName }) => propertyName);
  const attempts = [{}, ...names.flatMap((name) => WRONG_VALUES.map((value) => ({ [name]: value })))];
  return attempts.map((value) => findProblems(plainToInstance(input, value))).find(({ length }) => length > 0) ?? [];
}
