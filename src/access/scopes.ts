/** Scopes, or `null` for every scope. */
export type Scopes = readonly string[] | null;

/** Whether scopes grant another one. `null` grants every scope, and `payments:*` every scope that begins with `payments:`. */
export function grants(scopes: Scopes, wanted: string): boolean {
  if (scopes === null) return true;
  return scopes.some((scope) => scope === wanted || (scope.endsWith(':*') && wanted.startsWith(scope.slice(0, -1))));
}

/** Whether scopes grant all others; only `null` grants `null`. */
export const grantsAll = (scopes: Scopes, wanted: Scopes): boolean =>
  scopes === null || (wanted?.every((scope) => grants(scopes, scope)) ?? false);

/** Returns the scopes that both grant. */
export function intersectScopes(some: Scopes, others: Scopes): Scopes {
  if (some === null || others === null) return some ?? others;
  const granted = [...some.filter((scope) => grants(others, scope)), ...others.filter((scope) => grants(some, scope))];
  return [...new Set(granted)];
}
