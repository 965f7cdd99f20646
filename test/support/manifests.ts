import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import ts from 'typescript';

/** A manifest for Kubernetes, as far as every manifest is alike. */
interface Manifest {
  apiVersion?: string;
  kind?: string;
  metadata?: { name?: string };
}

/** A file that is never written, where the packages of the checkout are found. */
const FILE = join(process.cwd(), 'manifests.ts');

const OPTIONS: ts.CompilerOptions = {
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  target: ts.ScriptTarget.ES2023,
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  types: [],
};

/**
 * Compares manifests with the types of Kubernetes' API, as strictly as `kubeconform -strict`: unknown and misplaced fields, missing ones, values of
 * a wrong type, and versions and kinds that the API does not have.
 *
 * @param yaml any number of manifests
 * @returns an error each, with the place that it is about; none if a cluster can take the manifests
 */
export function findManifestErrors(yaml: string): string[] {
  const manifests = loadAll(yaml) as Manifest[];
  const unnamed = manifests
    .filter(({ apiVersion, kind, metadata }) => !apiVersion || !kind || !metadata?.name)
    .map((manifest) => `No apiVersion, kind or name: ${JSON.stringify(manifest).slice(0, 100)}`);
  return unnamed.length > 0 ? unnamed : compile(manifests.map(declare).join('\n'));
}

/** Writes a manifest as a literal of the type that it says it is of. */
function declare(manifest: Manifest, index: number): string {
  const { apiVersion = '', kind = '' } = manifest;
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['core', apiVersion];
  const module = `kubernetes-types/${group?.replace(/\.k8s\.io$/, '').replace(/^rbac\.authorization$/, 'rbac')}/${version}`;
  return [
    `import type { ${kind} as Kind${index} } from ${JSON.stringify(module)};`,
    `export const manifest${index}: Kind${index} = ${JSON.stringify(manifest, null, 1)};`,
  ].join('\n');
}

function compile(text: string): string[] {
  const host = ts.createCompilerHost(OPTIONS);
  const readFromDisk = host.getSourceFile.bind(host);
  host.getSourceFile = (name, ...rest) =>
    name === FILE ? ts.createSourceFile(name, text, ts.ScriptTarget.ES2023) : readFromDisk(name, ...rest);
  return ts.getPreEmitDiagnostics(ts.createProgram([FILE], OPTIONS, host)).map(({ messageText, start = 0 }) => {
    const [, line = ''] = /^(.*)$/m.exec(text.slice(text.lastIndexOf('\n', start - 1) + 1)) ?? [];
    return `${line.trim()} ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
  });
}
