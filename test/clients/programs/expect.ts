/** @throws {Error} if two values are not the same */
export function same<T>(what: string, found: T, expected: T): void {
  if (found !== expected) throw new Error(`${what}: ${String(found)} in place of ${String(expected)}`);
}

/** Returns a value that must be there, and says what the server answered if it isn't. */
export function present<T>(what: string, value: T | null | undefined, answer?: unknown): T {
  if (value === null || value === undefined) throw new Error(`${what} is missing: ${JSON.stringify(answer)}`);
  return value;
}

/** Reads a variable of the environment. */
export const variable = (name: string): string => present(name, process.env[name]);
