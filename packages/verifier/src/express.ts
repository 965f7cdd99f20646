import type { RequestHandler, Request } from 'express';
import { decide, requirementsOf, type RequirementsFor, type Verify } from './middleware/guard.js';
import { readNodeRequest } from './middleware/incoming.js';
import type { Verification } from './verification.js';

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- Express takes its types from there.
  namespace Express {
    interface Request {
      /** The key of the request, on routes behind `requireKey`. */
      key: Verification;
    }
  }
}

/**
 * Lets requests pass that present a valid key, which is then `req.key`, and answers all others. The client's address is `req.ip`: behind a proxy, set
 * `trust proxy`.
 *
 *     app.get('/orders', requireKey(verify, { scopes: ['orders:read'] }), (req, res) => res.json(req.key.keyId));
 */
export function requireKey(verify: Verify, requirements: RequirementsFor<Request> = {}): RequestHandler {
  return (request, response, next) => {
    decide(verify, requirementsOf(requirements, request), readNodeRequest(request, request.ip))
      .then((decision) => {
        if (decision.refusal) {
          const { status, headers, body } = decision.refusal;
          response.status(status).set(headers).json(body);
          return;
        }
        request.key = decision.key;
        response.set(decision.headers);
        next();
      })
      .catch(next);
  };
}
