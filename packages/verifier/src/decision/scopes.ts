/** Whether scopes grant another one. `null` grants every scope, and `payments:*` every scope that begins with `payments:`. */
export function grants(scopes: readonly string[] | null, wanted: string): boolean {
  if (scopes === null) return true;
  for (const scope of scopes)
    if (scope === wanted || (scope.endsWith(':*') && wanted.startsWith(scope.slice(0, -1)))) return true;
  return false;
}
