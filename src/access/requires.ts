import type { Requirement } from '../platform/http/requirement.js';
import { RouteConfig } from '../platform/http/route-config.js';
import type { LEVELS } from './levels.js';

type Level = (typeof LEVELS)[keyof typeof LEVELS];

type Options = Partial<Pick<Requirement, 'withoutConsent' | 'withoutSecondFactor' | 'merchantKeys'>> & {
  by?: NonNullable<Requirement['by']>;
};

/** Requires a caller of this level or above, who authenticates by a login token unless `by` names another scheme. */
export const Requires = (level: Level, options: Options = {}): MethodDecorator =>
  RouteConfig({
    requirement: {
      level,
      by: 'loginToken',
      withoutConsent: false,
      withoutSecondFactor: false,
      merchantKeys: false,
      limit: null,
      ...options,
    },
  });
