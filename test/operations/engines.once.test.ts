/**
 * Guarantees of package-lock.json: every package supports every supported line of Node, none is deprecated, and all come from the default
 * registry.
 */

import { readFileSync } from 'node:fs';
import { minVersion, satisfies, type SemVer } from 'semver';

interface LockedPackage {
  /** Whether it is a workspace, which no registry has. */
  link?: boolean;
  engines?: { node?: string };
  deprecated?: string;
  resolved?: string;
}

interface Lock {
  packages: Record<string, LockedPackage>;
}

const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as Lock;
const INSTALLED = Object.entries(packages).filter(([path]) => path !== '');

/** The oldest release of each line of Node that package.json allows. */
const OLDEST = (packages['']?.engines?.node ?? '').split('||').map((line) => minVersion(line)) as SemVer[];

describe('package-lock.json', () => {
  it('names the lines of Node that Keywright supports', () => {
    expect(OLDEST.map(String)).toEqual(['20.19.0', '22.13.0', '24.11.0']);
  });

  /** `npm ci` prints EBADENGINE for each. package.json overrides what asks for a newer Node than its users need. */
  it.each(OLDEST)('installs only packages that support Node %s', (version) => {
    const unsupported = INSTALLED.filter(([, { engines }]) => !satisfies(version, engines?.node ?? '*')).map(
      ([path, { engines }]) => `${path} needs ${String(engines?.node)}`,
    );
    expect(unsupported).toEqual([]);
  });

  it('installs no deprecated package', () => {
    expect(INSTALLED.filter(([, { deprecated }]) => deprecated).map(([path]) => path)).toEqual([]);
  });

  it('names no registry but the default one', () => {
    const elsewhere = INSTALLED.filter(
      ([, { link, resolved = 'https://registry.npmjs.org/' }]) =>
        link !== true && !resolved.startsWith('https://registry.npmjs.org/'),
    );
    expect(elsewhere.map(([path]) => path)).toEqual([]);
  });
});
