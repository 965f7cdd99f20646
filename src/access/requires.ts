import type { Requirement } from '../platform/http/requirement.js';
import { RouteConfig } from '../platform/http/route-config.js';
import type { LEVELS } from './levels.js';

type Level = (typeof LEVELS)[keyof typeof LEVELS];

type Options = Partial<Pick<Requirement, 'withoutConsent' | 'merchantKeys'>> & {
  by?: NonNullable<Requirement['by']>;
};

/** The route is for callers of this level and above, with a login token unless `by` names another credential. */
export const Requires = (level: Level, options: Options = {}): MethodDecorator =>
  RouteConfig({ requirement: { level, by: 'loginToken', withoutConsent: false, merchantKeys: false, ...options } });
