/** A scope is names with colons between them, like `payments:write`; the last one may be `*`. */
export const SCOPE = /^[a-z0-9][a-z0-9._-]*(:[a-z0-9][a-z0-9._-]*)*(:\*)?$/;

export const SCOPE_MAX_LENGTH = 100;

/** Whether scopes cover another one. No scopes at all is no limit; `payments:*` grants all that begins with `payments:`. */
export function grants(scopes: readonly string[] | null, wanted: string): boolean {
  if (scopes === null) return true;
  return scopes.some((scope) => scope === wanted || (scope.endsWith(':*') && wanted.startsWith(scope.slice(0, -1))));
}

/** Whether somebody with the one may give the other. */
export const grantsAll = (scopes: readonly string[] | null, wanted: readonly string[] | null): boolean =>
  scopes === null || (wanted?.every((scope) => grants(scopes, scope)) ?? false);
