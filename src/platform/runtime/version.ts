import { existsSync, readFileSync } from 'node:fs';

/** The version of this program, as its package.json says. */
export function readVersion(): string {
  const { version } = JSON.parse(readFileSync(findPackage(new URL('.', import.meta.url)), 'utf8')) as {
    version: string;
  };
  return version;
}

/** Finds the package.json that is nearest above: how far that is differs between the sources and what is built from them. */
function findPackage(folder: URL): URL {
  const file = new URL('package.json', folder);
  return existsSync(file) ? file : findPackage(new URL('..', folder));
}
