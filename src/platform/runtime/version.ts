import { existsSync, readFileSync } from 'node:fs';

/** The version of this program, as its package.json says. */
export function readVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('package.json', findPackage()), 'utf8')) as { version: string };
  return version;
}

/** Finds the folder of this program's package, the nearest above: how far that is differs between the sources and what is built from them. */
export function findPackage(folder = new URL('.', import.meta.url)): URL {
  return existsSync(new URL('package.json', folder)) ? folder : findPackage(new URL('..', folder));
}
