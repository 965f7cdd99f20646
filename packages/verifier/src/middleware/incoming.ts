import type { IncomingMessage } from 'node:http';
import type { CredentialHeaders } from '../credentials/presented.js';
import type { Incoming } from './guard.js';

/** Reads a request of Node's server. Its parsed headers show only the first of two `Authorization`, so the raw ones are read. */
export function readNodeRequest({ rawHeaders, headers, url = '' }: IncomingMessage, ip: string | undefined): Incoming {
  return {
    headers: { authorization: valuesOf(rawHeaders, 'authorization'), apiKey: valuesOf(rawHeaders, 'x-api-key') },
    parameters: parametersOf(url),
    ip,
    userAgent: headers['user-agent'],
  };
}

/** Reads a request of the Fetch API, which joins headers that came several times: two keys are then no key. */
export function readFetchRequest({ headers, url }: Request, ip: string | undefined): Incoming {
  return {
    headers: { authorization: one(headers, 'authorization'), apiKey: one(headers, 'x-api-key') },
    parameters: parametersOf(url),
    ip,
    userAgent: headers.get('user-agent') ?? undefined,
  };
}

function parametersOf(url: string): Iterable<string> {
  const start = url.indexOf('?');
  return start === -1 ? [] : new URLSearchParams(url.slice(start + 1)).keys();
}

const one = (headers: Headers, name: string): CredentialHeaders['apiKey'] => {
  const value = headers.get(name);
  return value === null ? [] : [value];
};

function valuesOf(rawHeaders: readonly string[], name: string): string[] {
  return rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name);
}
