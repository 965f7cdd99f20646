/** A scope: names separated by colons, like `payments:write`. The last one may be `*`. */
export const SCOPE = /^[a-z0-9][a-z0-9._-]*(:[a-z0-9][a-z0-9._-]*)*(:\*)?$/;

export const SCOPE_MAX_LENGTH = 100;

/** Whether scopes grant another one. `null` grants every scope, and `payments:*` every scope that begins with `payments:`. */
export function grants(scopes: readonly string[] | null, wanted: string): boolean {
  if (scopes === null) return true;
  return scopes.some((scope) => scope === wanted || (scope.endsWith(':*') && wanted.startsWith(scope.slice(0, -1))));
}

/** Whether scopes grant all others; only `null` grants `null`. */
export const grantsAll = (scopes: readonly string[] | null, wanted: readonly string[] | null): boolean =>
  scopes === null || (wanted?.every((scope) => grants(scopes, scope)) ?? false);
