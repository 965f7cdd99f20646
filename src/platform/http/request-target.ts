import type { IncomingMessage } from 'node:http';

/** A target that names the server as well (RFC 9112, section 3.2.2). */
const ABSOLUTE = /^https?:\/\/([^/?#]*)([^]*)$/i;

/** A percent-encoded character that needs no encoding (RFC 3986, section 2.3). */
const NEEDLESSLY_ENCODED = /%(?:2[DE]|3\d|4[1-9A-F]|5[\dAF]|6[1-9A-F]|7[\dAE])/gi;

/** A UUID that is a segment of a path. An external id is a text, also when it looks like one. */
const UUID_SEGMENT = /(?<=(?<!\/shared-limits)\/)[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}(?=\/|$)/gi;

interface Target {
  /** The path and the query. */
  url: string;
  /** The host, if the target names one. */
  host?: string;
}

/**
 * Reads a request target into the one spelling by which routes, surfaces, limits and fingerprints know it (RFC 3986, section 6.2.2.2), with
 * UUIDs in lower case. The query is left as it was sent.
 */
export function readTarget(target: string): Target {
  const [, host, rest = target] = ABSOLUTE.exec(target) ?? [];
  const end = rest.search(/[?#]/);
  const path = end === -1 ? rest : rest.slice(0, end);
  const query = rest[end] === '?' ? rest.slice(end) : '';
  const decoded = path
    .replaceAll(NEEDLESSLY_ENCODED, (encoded) => decodeURIComponent(encoded))
    .replaceAll(UUID_SEGMENT, (uuid) => uuid.toLowerCase());
  return { url: (host !== undefined && decoded === '' ? '/' : decoded) + query, ...(host !== undefined && { host }) };
}

/**
 * Replaces the target of a request by what {@link readTarget} makes of it. The host that a target names replaces the `Host` header.
 *
 * @returns whether it was another one
 */
export function canonicalise(request: IncomingMessage): boolean {
  const { url: target = '/' } = request;
  const { url, host } = readTarget(target);
  if (host !== undefined) request.headers.host = host;
  request.url = url;
  return url !== target;
}

/** Returns whether a request names its host once, as HTTP/1.1 requires (RFC 9112, section 3.2). */
export function namesOneHost({ rawHeaders, httpVersion }: IncomingMessage): boolean {
  let hosts = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at];
    if (name?.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  return hosts === 1 || (hosts === 0 && httpVersion === '1.0');
}
