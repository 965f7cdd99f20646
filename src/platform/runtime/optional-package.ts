import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/**
 * Returns a function that loads a package when it is first called. Each of the packages that only some servers use takes 10 to 25 MB of the
 * memory of every server that imports it.
 *
 * @param name a package that Node can `require`
 */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller knows what the package exports
export function optionalPackage<T>(name: string): () => T {
  let loaded: T | undefined;
  return () => (loaded ??= require(name) as T);
}
