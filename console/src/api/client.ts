import {
  Account,
  ApplicationKeys,
  Applications,
  AuditEvents,
  Bulk,
  ClientKeys,
  Exposures,
  Health,
  Housekeeping,
  Imports,
  Insight,
  Instances,
  Keys,
  Members,
  Merchants,
  PersonalKeys,
  SecondFactors,
  Sessions,
  SharedLimits,
  Transport,
  Webhooks,
  type Call,
  type WithResponse,
} from './sdk.js';
import { isSessionOver, sessionGate } from './session-gate.js';

/** Proves to the server that the request was made by a page of its own origin, which the cookie alone does not. */
const CONSOLE_HEADER = { 'X-Keywright-Console': '1' };

/** Sends a request with the cookie of the session as its credential. A browser sends a stream only over HTTP/2, so that one is read first. */
const sendWithCookie: typeof fetch = async (input, init) => {
  const headers = new Headers(init?.headers);
  headers.delete('Authorization');
  headers.delete('User-Agent');
  const body = init?.body instanceof ReadableStream ? await new Response(init.body).blob() : init?.body;
  return fetch(input, { ...init, headers, ...(body !== undefined && { body }), credentials: 'same-origin' });
};

/** A transport whose requests wait for a new session when theirs has ended. */
class SessionTransport extends Transport {
  override async send<T>(call: Call): Promise<WithResponse<T>> {
    for (;;)
      try {
        return await super.send<T>(call);
      } catch (error) {
        if (!isSessionOver(error)) throw error;
        await sessionGate.reopened(error);
      }
  }
}

const options = {
  url: location.origin,
  // Stands for the login token, which only the cookie holds.
  token: 'cookie',
  headers: CONSOLE_HEADER,
  fetch: sendWithCookie,
  maxRetries: 1,
};

/** The transport of everything that needs a session. */
const transport = new SessionTransport(options);

/** The transport of signing in and out, which do not wait for a session. */
export const plainTransport = new Transport(options);

/** The operations that the pages call. */
export const api = {
  account: new Account(transport),
  applicationKeys: new ApplicationKeys(transport),
  applications: new Applications(transport),
  auditEvents: new AuditEvents(transport),
  bulk: new Bulk(transport),
  clientKeys: new ClientKeys(transport),
  exposures: new Exposures(transport),
  health: new Health(transport),
  housekeeping: new Housekeeping(transport),
  imports: new Imports(transport),
  insight: new Insight(transport),
  instances: new Instances(transport),
  keys: new Keys(transport),
  members: new Members(transport),
  merchants: new Merchants(transport),
  personalKeys: new PersonalKeys(transport),
  secondFactors: new SecondFactors(transport),
  sessions: new Sessions(transport),
  sharedLimits: new SharedLimits(transport),
  webhooks: new Webhooks(transport),
};
