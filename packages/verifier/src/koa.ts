import type { Context, Middleware } from 'koa';
import { decide, requirementsOf, type RequirementsFor, type Verify } from './middleware/guard.js';
import { readNodeRequest } from './middleware/incoming.js';
import type { Verification } from './verification.js';

/** The state of contexts behind `requireKey`. */
export interface KeyState {
  /** The key of the request. */
  key: Verification;
}

/**
 * Lets requests pass that present a valid key, which is then `ctx.state.key`, and answers all others. The client's address is `ctx.ip`: behind a proxy,
 * set `app.proxy`.
 *
 *     app.use(requireKey(verify, { scopes: ['orders:read'] }));
 */
export function requireKey(verify: Verify, requirements: RequirementsFor<Context> = {}): Middleware<KeyState> {
  return async (context, next) => {
    const required = requirementsOf(requirements, context as unknown as Context);
    const decision = await decide(verify, required, readNodeRequest(context.req, context.ip));
    if (decision.refusal) {
      const { status, headers, body } = decision.refusal;
      context.status = status;
      context.set(headers);
      context.body = body;
      return;
    }
    context.state.key = decision.key;
    context.set(decision.headers);
    await next();
  };
}
