import { decide, requirementsOf, type RequirementsFor, type Verify } from './middleware/guard.js';
import { readFetchRequest } from './middleware/incoming.js';
import type { Verification } from './verification.js';

/** A request with its key. */
export type RequestWithKey<R extends Request = Request> = R & {
  /** The key of the request. */
  readonly key: Verification;
};

/** How the client's address is known. */
export interface AddressOptions<R> {
  /**
   * Returns the client's address. Next knows none: what a header says is true only if your proxy sets it. Without an address, keys that are bound
   * to addresses are refused.
   */
  address?: (request: R) => string | undefined;
}

/**
 * Returns a route handler that calls another one for requests that present a valid key, which is then `request.key`, and answers all others.
 *
 *     export const GET = requireKey(verify, { scopes: ['orders:read'] }, (request) => Response.json(request.key.keyId));
 */
export function requireKey<R extends Request, C extends unknown[]>(
  verify: Verify,
  requirements: RequirementsFor<R>,
  handler: (request: RequestWithKey<R>, ...context: C) => Response | Promise<Response>,
  { address }: AddressOptions<R> = {},
): (request: R, ...context: C) => Promise<Response> {
  return async (request, ...context) => {
    const incoming = readFetchRequest(request, address?.(request));
    const decision = await decide(verify, requirementsOf(requirements, request), incoming);
    if (decision.refusal) {
      const { status, headers, body } = decision.refusal;
      return Response.json(body, { status, headers });
    }
    Object.defineProperty(request, 'key', { value: decision.key });
    const response = await handler(request as RequestWithKey<R>, ...context);
    return withHeaders(response, decision.headers);
  };
}

/** Adds headers. Those of a response that was fetched can't be changed. */
function withHeaders(response: Response, headers: Record<string, string>): Response {
  if (Object.keys(headers).length === 0) return response;
  const answer = new Response(response.body, response);
  for (const [name, value] of Object.entries(headers)) answer.headers.set(name, value);
  return answer;
}
