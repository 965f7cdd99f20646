import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import type { LEVELS } from './levels.js';

export const REQUIREMENT = 'keywright:requirement';

type Level = (typeof LEVELS)[keyof typeof LEVELS];

/** What a route asks of its caller. A route that declares nothing is refused to everybody. */
export interface Requirement {
  /** `null`: no login at all. */
  level: Level | null;
  /** Also open to an account that has withdrawn its consent, so that it can give it again. */
  withoutConsent: boolean;
  /** Also open to a key that belongs to a merchant and not to a person. */
  merchantKeys: boolean;
}

type Exceptions = Partial<Omit<Requirement, 'level'>>;

/** The route is for callers of this level and above. */
export const Requires = (level: Level, exceptions: Exceptions = {}): MethodDecorator =>
  declare({ level, withoutConsent: false, merchantKeys: false, ...exceptions });

/** The route needs no login. */
export const Public = (): MethodDecorator => declare({ level: null, withoutConsent: true, merchantKeys: true });

/** For the guard, and for the documentation. */
const declare = (requirement: Requirement): MethodDecorator =>
  applyDecorators(SetMetadata(REQUIREMENT, requirement), ApiExtension('x-required-level', requirement.level));
