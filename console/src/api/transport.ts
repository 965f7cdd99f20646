import { Transport, type Call, type WithResponse } from './sdk.js';
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
export const transport = new SessionTransport(options);

/** The transport of signing in and out, which do not wait for a session. */
export const plainTransport = new Transport(options);
