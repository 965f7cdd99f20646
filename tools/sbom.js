// Prints the bill of materials of the package (CycloneDX): npm's own, without the workspaces and what only the development needs. npm's --omit dev also leaves out what
// both need.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
const needed = new Set(
  Object.entries(packages)
    .filter(([path, { dev, link }]) => path.startsWith('node_modules/') && !dev && !link)
    .map(
      ([path, { name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length), version }]) =>
        `${name}@${version}`,
    ),
);
const { version } = packages[''];
const root = `keywright@${version}`;

const args = ['sbom', '--package-lock-only', '--sbom-format', 'cyclonedx'];
const { metadata, components, dependencies, ...rest } = JSON.parse(
  execFileSync('npm', args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }),
);
const isNeeded = (reference) => reference === root || needed.has(reference);
const bill = {
  ...rest,
  // npm names the project by its folder.
  metadata: { ...metadata, component: { ...metadata.component, name: 'keywright' } },
  components: components.filter((component) => isNeeded(component['bom-ref'])),
  dependencies: dependencies
    .filter(({ ref }) => isNeeded(ref))
    .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter(isNeeded) })),
};
process.stdout.write(`${JSON.stringify(bill, null, 2)}\n`);
