/** Reads a cookie from a `Cookie` header (RFC 6265, section 4.2). Returns `null` if it is missing or empty. */
export function readCookie(header: string | undefined, name: string): string | null {
  const start = `${name}=`;
  const found = header
    ?.split(';')
    .map((cookie) => cookie.trim())
    .find((cookie) => cookie.startsWith(start));
  return found === undefined || found === start ? null : found.slice(start.length);
}
