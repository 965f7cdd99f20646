import type { Context, MiddlewareHandler } from 'hono';
import { decide, requirementsOf, type RequirementsFor, type Verify } from './middleware/guard.js';
import { readFetchRequest } from './middleware/incoming.js';
import type { Verification } from './verification.js';

/** The environment of contexts behind `requireKey`. */
export interface KeyEnv {
  Variables: {
    /** The key of the request. */
    key: Verification;
  };
}

/** How the client's address is known. */
export interface AddressOptions {
  /**
   * Returns the client's address, such as `getConnInfo(c).remote.address` of your runtime. Without an address, keys that are bound to addresses are
   * refused.
   *
   * @default that of the connection, with `@hono/node-server`
   */
  address?: (context: Context) => string | undefined;
}

/**
 * Lets requests pass that present a valid key, which is then `c.get('key')`, and answers all others.
 *
 *     app.get('/orders', requireKey(verify, { scopes: ['orders:read'] }), (c) => c.json(c.get('key').keyId));
 */
export function requireKey(
  verify: Verify,
  requirements: RequirementsFor<Context> = {},
  { address = connectionAddress }: AddressOptions = {},
): MiddlewareHandler<KeyEnv> {
  return async (context, next) => {
    const incoming = readFetchRequest(context.req.raw, address(context));
    const decision = await decide(verify, requirementsOf(requirements, context), incoming);
    if (decision.refusal) {
      const { status, headers, body } = decision.refusal;
      return Response.json(body, { status, headers });
    }
    context.set('key', decision.key);
    for (const [name, value] of Object.entries(decision.headers)) context.header(name, value);
    return next();
  };
}

/** Of `@hono/node-server`, whose bindings are Node's request. */
function connectionAddress({ env }: Context): string | undefined {
  const { incoming } = (env ?? {}) as { incoming?: { socket?: { remoteAddress?: string } } };
  return incoming?.socket?.remoteAddress;
}
