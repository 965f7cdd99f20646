/**
 * Guarantees of the files that deploy Keywright: they parse, name settings, ports and paths that there are, agree on the version, and give the
 * server no more rights than it needs. No container engine, cluster or systemd runs them here.
 */

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { load, loadAll } from 'js-yaml';
import { Config, loadConfig } from '../../src/platform/config/config.js';
import { find } from '../support/packages.js';
import { SECRETS } from '../support/production.js';

const read = (file: string): string => readFileSync(file, 'utf8');
const { version, files } = JSON.parse(read('package.json')) as { version: string; files: string[] };
const PATHS = Object.keys((JSON.parse(read('openapi.json')) as { paths: object }).paths);
/** Settings, and what glibc reads. */
const SETTINGS = [...Object.keys(new Config()), 'MALLOC_ARENA_MAX'];
/** A tag that names one release, for people, and the digest of what it named, for the machine. */
const PINNED = /^[\w./-]+:\d+\.\d+\.\d+[\w.-]*@sha256:[\da-f]{64}$/;

/** What was parsed. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the tests say which shape they expect
type Yaml = any;

const settingsIn = (environment: object): string[] =>
  Object.keys(environment).filter((name) => !SETTINGS.includes(name));
/** Puts real secrets in the place of what the reader replaces. */
const filledIn = (environment: Record<string, string>): Record<string, string> => ({ ...environment, ...SECRETS });

describe('Dockerfile', () => {
  const lines = read('Dockerfile')
    .replaceAll(/\\\n/g, '')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const all = (instruction: string, among = lines): string[] =>
    among.filter((line) => line.startsWith(`${instruction} `)).map((line) => line.slice(instruction.length + 1));
  const last = lines.slice(lines.findLastIndex((line) => line.startsWith('FROM ')));

  it('builds in one stage and runs in another, from images that are pinned', () => {
    const bases = all('FROM').map((from) => from.split(' ')[0]);
    expect(bases).toHaveLength(2);
    for (const base of bases) expect(base).toMatch(PINNED);
    // Of one release: what is compiled in the first is run in the second.
    expect(new Set(bases.map((base) => /:([\d.]+)-/.exec(base ?? '')?.[1])).size).toBe(1);
    expect(new Set(bases).size).toBe(2);
    // Nor is it read by an image that is not pinned.
    expect(read('Dockerfile')).not.toMatch(/^# *syntax *=/m);
    // Any platform of the base images.
    expect(lines.join('\n')).not.toContain('--platform');
    expect(all('COPY', last).every((copied) => copied.startsWith('--from=build '))).toBe(true);
  });

  it('needs no shell, runs as nobody in particular, and holds no secret', () => {
    for (const instruction of ['RUN', 'ENTRYPOINT', 'CMD', 'VOLUME'])
      for (const arguments_ of all(instruction)) expect(() => JSON.parse(arguments_) as unknown).not.toThrow();
    expect(all('USER', last)).toEqual([expect.stringMatching(/^[1-9]\d*:[1-9]\d*$/)]);
    expect(all('ADD')).toEqual([]);
    for (const folder of all('WORKDIR')) expect(folder).toMatch(/^\//);
    expect(all('ENV').concat(all('ARG')).join(' ')).not.toMatch(/SECRET|PASSWORD|PEPPER|TOKEN|KEYS/);
  });

  it('checks a path that there is on the port that it exposes', () => {
    const [check = ''] = all('HEALTHCHECK', last);
    const command = JSON.parse(check.replace(/^.* CMD /, '')) as string[];
    expect(command.slice(0, 2)).toEqual(['node', '-e']);
    expect(PATHS).toContain(/'(\/health\/\w+)'/.exec(command[2] ?? '')?.[1]);
    const variables = all('ENV', last).flatMap((line) => line.split(' ').map((pair) => pair.split('=')));
    expect(settingsIn(Object.fromEntries(variables) as object)).toEqual([]);
    expect(variables).toContainEqual(['PORT', all('EXPOSE', last)[0]]);
    expect(JSON.parse(all('ENTRYPOINT', last)[0] ?? '')).toContain('dist/src/main.js');
  });

  it('copies what there is, and is of this version', () => {
    const sources = all('COPY', lines.slice(0, -last.length)).flatMap((copied) => copied.split(' ').slice(0, -1));
    expect(sources.filter((source) => !existsSync(source))).toEqual([]);
    expect(all('LABEL')[0]).toContain(`org.opencontainers.image.version="${version}"`);
  });
});

describe('compose.yaml', () => {
  const { services } = load(read('compose.yaml')) as Yaml;

  it('has settings with which the server starts', () => {
    expect(settingsIn(services.keywright.environment as object)).toEqual([]);
    const given = Object.entries(services.keywright.environment as Record<string, string>).map(([name, value]) => [
      name,
      value.replaceAll(/\$\{(\w+)(?::([-?])([^}]*))?\}/g, (_, __, kind: string, otherwise: string) =>
        kind === '-' ? otherwise : 'secret',
      ),
    ]);
    const config = loadConfig(filledIn({ NODE_ENV: 'production', ...Object.fromEntries(given) }));
    expect(config).toMatchObject({ isProduction: true, PUBLIC_URL: 'http://localhost:3000' });
  });

  it('checks the health of both, by a path that there is, and is of this version', () => {
    for (const service of [services.keywright, services.database]) expect(service.healthcheck.test[0]).toBe('CMD');
    expect(services.database.image).toMatch(PINNED);
    expect(services.keywright.image).toBe(`keywright:${version}`);
    expect(PATHS).toContain(/:3000(\/health\/\w+)'/.exec(services.keywright.healthcheck.test[3] as string)?.[1]);
    expect(services.keywright.depends_on.database.condition).toBe('service_healthy');
  });
});

describe('the manifests for Kubernetes', () => {
  const manifests = ['config', 'secret', 'keywright'].flatMap(
    (name) => loadAll(read(`deploy/kubernetes/${name}.yaml`)) as Yaml[],
  );
  const one = (kind: string): Yaml => manifests.find((manifest) => manifest.kind === kind);
  const { spec } = one('StatefulSet');
  const pod = spec.template.spec;
  const [container] = pod.containers;
  const settings = { ...one('ConfigMap').data, ...one('Secret').stringData } as Record<string, string>;
  const ports = new Map<string, number>(container.ports.map((port: Yaml) => [port.name, port.containerPort]));

  it('are of kinds and versions that a cluster has, each with a name of its own', () => {
    const kinds = manifests.map(({ apiVersion, kind }) => `${apiVersion}/${kind}`).sort();
    const expected = [
      'apps/v1/StatefulSet',
      'policy/v1/PodDisruptionBudget',
      'v1/ConfigMap',
      'v1/Secret',
      'v1/Service',
    ];
    expect([...new Set(kinds)]).toEqual(expected);
    const names = manifests.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
    expect(new Set(names).size).toBe(names.length);
  });

  it('have settings with which a server starts, all of them text', () => {
    expect(settingsIn(settings)).toEqual([]);
    for (const value of Object.values(settings)) expect(typeof value).toBe('string');
    for (const secret of Object.keys(SECRETS)) expect(one('Secret').stringData[secret]).toBe('REPLACE');
    const config = loadConfig(filledIn(settings));
    expect([config.isProduction, config.PORT, config.METRICS_PORT]).toEqual([
      true,
      ports.get('http'),
      ports.get('metrics'),
    ]);
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(config.SHUTDOWN_DELAY_SECONDS + 10);
    const { mountPath } = container.volumeMounts[0];
    expect(config.revocationJournal?.startsWith(`${mountPath}/`)).toBe(true);
    expect(spec.volumeClaimTemplates[0].metadata.name).toBe(container.volumeMounts[0].name);
    for (const source of container.envFrom) {
      const { name } = source.configMapRef ?? source.secretRef;
      expect(one(source.configMapRef ? 'ConfigMap' : 'Secret').metadata.name).toBe(name);
    }
  });

  it('probe paths and ports that there are, and wait at a first start as long as the database is waited for', () => {
    for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe']) {
      const { path, port } = container[probe].httpGet;
      expect(PATHS).toContain(path);
      expect(ports.has(port as string)).toBe(true);
    }
    const { periodSeconds, failureThreshold } = container.startupProbe;
    expect(periodSeconds * failureThreshold).toBeGreaterThan(Number(settings.DATABASE_WAIT_SECONDS));
    // A restart would not bring the database back.
    expect(container.livenessProbe.httpGet.path).toBe('/health/live');
    expect(container.readinessProbe.httpGet.path).toBe('/health/ready');
  });

  it('select the pods of three replicas, of which two stay', () => {
    const { labels } = spec.template.metadata;
    const selectors = [
      spec.selector.matchLabels,
      one('PodDisruptionBudget').spec.selector.matchLabels,
      ...manifests.filter(({ kind }) => kind === 'Service').map((service) => service.spec.selector),
    ];
    for (const selector of selectors) expect(labels).toMatchObject(selector as object);
    expect([spec.replicas, one('PodDisruptionBudget').spec.minAvailable]).toEqual([3, 2]);
    for (const service of manifests.filter(({ kind }) => kind === 'Service'))
      for (const { targetPort } of service.spec.ports) expect(ports.has(targetPort as string)).toBe(true);
    expect(manifests.some(({ kind, metadata }) => kind === 'Service' && metadata.name === spec.serviceName)).toBe(true);
  });

  it('replace one instance at a time, keep its journal, and let no instance that is not ready hold up a drain', () => {
    const retained = { whenDeleted: 'Retain', whenScaled: 'Retain' };
    expect(spec).toMatchObject({
      updateStrategy: { type: 'RollingUpdate' },
      persistentVolumeClaimRetentionPolicy: retained,
    });
    expect(spec.minReadySeconds).toBeGreaterThan(0);
    expect(one('PodDisruptionBudget').spec.unhealthyPodEvictionPolicy).toBe('AlwaysAllow');
  });

  it('apply the journals of all instances after a restore, as they are configured', () => {
    const job = load(read('deploy/kubernetes/restore/apply-journal.yaml')) as Yaml;
    const { containers, volumes, ...rest } = job.spec.template.spec;
    const [command] = containers;
    const { name } = one('StatefulSet').metadata;
    const { name: claim } = spec.volumeClaimTemplates[0].metadata;
    const claims = Array.from({ length: spec.replicas as number }, (_, index) => `${claim}-${name}-${index}`);
    expect(volumes.map((volume: Yaml) => volume.persistentVolumeClaim.claimName)).toEqual(claims);
    const folder = settings.REVOCATION_JOURNAL?.replace(container.volumeMounts[0].mountPath as string, '');
    expect(command.args).toEqual([
      'restore',
      '--apply-journal',
      ...command.volumeMounts.map((mount: Yaml) => `${mount.mountPath}${folder}`),
    ]);
    expect(command.volumeMounts.map((mount: Yaml) => mount.name)).toEqual(volumes.map((volume: Yaml) => volume.name));
    expect(command.args).toContain(settings.REVOCATION_JOURNAL);
    expect([command.image, command.envFrom, command.securityContext]).toEqual([
      container.image,
      container.envFrom,
      container.securityContext,
    ]);
    expect(rest.securityContext).toEqual(pod.securityContext);
    // Neither the Service nor the budget may count it.
    expect(job.spec.template.metadata.labels).not.toMatchObject(spec.selector.matchLabels as object);
  });

  it('have the names that docs/operations.md uses', () => {
    const guide = read('docs/operations.md');
    const { name } = one('StatefulSet').metadata;
    const mentioned = (pattern: RegExp): string[] => [
      ...new Set([...guide.matchAll(pattern)].map(([, found = '']) => found)),
    ];
    expect(mentioned(/statefulset[/ ]([\w-]+)/g)).toEqual([name]);
    expect(mentioned(/job[/ ](keywright[\w-]*)/g)).toEqual(
      loadAll(read('deploy/kubernetes/restore/apply-journal.yaml')).map((job: Yaml) => job.metadata.name),
    );
    expect(mentioned(/--selector (\S+)/g)).toEqual(
      Object.entries(spec.selector.matchLabels as object).map(([key, value]) => `${key}=${value}`),
    );
    expect(mentioned(/\b(data-keywright)-\d/g)).toEqual([`${spec.volumeClaimTemplates[0].metadata.name}-${name}`]);
    expect(mentioned(/kubectl apply -f (\S+)/g).filter((path) => !existsSync(path))).toEqual([]);
    expect(settings.REVOCATION_JOURNAL).toBe(mentioned(/the folder `(\/app\/\S+?)` of each pod/g)[0]);
  });

  it('give no right away, and are of this version', () => {
    expect(container.image).toMatch(new RegExp(`/keywright:${version.replaceAll('.', '\\.')}$`));
    expect(pod).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
  });
});

describe('the unit for systemd', () => {
  const unit = read('deploy/systemd/keywright.service');
  const valueOf = (name: string): string => new RegExp(`^${name}=(.*)$`, 'm').exec(unit)?.[1] ?? '';

  it('runs what the package holds, with settings that there are, and leaves it time to stop', () => {
    expect(valueOf('ExecStart')).toMatch(/ \/opt\/keywright\/node_modules\/keywright\/dist\/src\/main\.js serve$/);
    expect(files).toContain('dist/src');
    expect(SETTINGS).toContain(valueOf('Environment').split('=')[0]);
    expect(Number(valueOf('TimeoutStopSec'))).toBeGreaterThanOrEqual(10);
    expect(unit).toContain(`keywright-${version}.tgz`);
  });

  it('has a command beside it that runs with the same settings, user and folder', () => {
    const command = read('deploy/systemd/keywright');
    for (const name of [
      'DynamicUser',
      'StateDirectory',
      'StateDirectoryMode',
      'UMask',
      'WorkingDirectory',
      'EnvironmentFile',
    ])
      expect(command).toContain(`--property=${name}=${valueOf(name)} `);
    expect(command).toContain(`--setenv=${valueOf('Environment')} `);
    // The unit has no User: it is named after the unit.
    expect([valueOf('User'), command]).toEqual(['', expect.stringContaining('--property=User=keywright ')]);
    expect(statSync('deploy/systemd/keywright').mode & 0o111).toBe(0o111);
  });

  (find('systemd-run') ? it : it.skip)('has options that systemd knows', () => {
    const ended = spawnSync('deploy/systemd/keywright', ['doctor'], { encoding: 'utf8', timeout: 20_000 });
    expect(ended.stderr).not.toMatch(/option|usage/i);
    expect(spawnSync('systemd-run', ['--no-such-option']).stderr.toString()).toMatch(/unrecognized option/);
  });

  (find('systemd-analyze') ? it : it.skip)('is what systemd understands, and exposes little', () => {
    const analyze = (...args: string[]): string =>
      execFileSync('systemd-analyze', [...args, 'deploy/systemd/keywright.service'], {
        encoding: 'utf8',
        stdio: 'pipe',
        env: { ...process.env, SYSTEMD_PAGER: '' },
      });
    expect(analyze('verify')).toBe('');
    const level = /exposure level for keywright\.service: ([\d.]+)/.exec(analyze('security', '--offline=true'))?.[1];
    expect(Number(level)).toBeLessThan(2);
  });
});

describe('the configuration of Litestream', () => {
  it('copies the database of the unit', () => {
    const { dbs } = load(read('deploy/litestream.yml')) as Yaml;
    const folder = /^WorkingDirectory=(.+)$/m.exec(read('deploy/systemd/keywright.service'))?.[1];
    expect(dbs).toMatchObject([
      { path: `${folder}/${new Config().DATABASE_URL.replace('sqlite:', '')}`, replicas: [{ type: 's3' }] },
    ]);
  });
});
