/** Guarantees of the metrics: behind a token or a port of their own, complete for dashboard and alerts, well named, and without ids. */

import { readFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { MetricsRegistry } from '../../src/platform/observability/metrics/metrics-registry.js';
import { MetricsListener } from '../../src/platform/monitoring/metrics-listener.js';
import { JSON_TYPE, refusal } from '../support/envelope.js';
import { send, type Answer, type RequestOptions } from '../support/http.js';
import { TestServer, type User } from '../support/server.js';

const TOKEN = 'a token that is long enough'.replaceAll(' ', '-');

/** What a line of metrics says, by its name and labels as they are written. */
function samplesOf(text: string): Map<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]));
}

/** Names of metrics that expressions ask for, without what histograms put behind theirs. */
function namesIn(expressions: string[]): Set<string> {
  const names = expressions.flatMap((text) => text.match(/\b(?:keywright|nodejs|process)_[a-z0-9_]+/g) ?? []);
  return new Set(names.map((name) => name.replace(/_seconds_(bucket|sum|count)$/, '_seconds')));
}

describe('metrics', () => {
  const agent = new Agent();
  let server: TestServer;
  let user: User;
  let application: string;
  beforeAll(async () => {
    server = await TestServer.start({ METRICS_PORT: '0', METRICS_TOKEN: TOKEN });
    user = await server.newMerchant();
    application = await server.newApplication(user);
  });
  afterAll(async () => {
    agent.destroy();
    await server.stop();
  });

  const read = async (): Promise<Map<string, number>> =>
    samplesOf((await server.call('GET', '/metrics', { token: TOKEN })).text);
  /** What has been added to each of these samples while `work` was done. */
  const added = async (names: string[], work: () => Promise<unknown>): Promise<number[]> => {
    const before = await read();
    await work();
    const after = await read();
    return names.map((name) => (after.get(name) ?? 0) - (before.get(name) ?? 0));
  };
  const onOwnPort = (method: string, path: string, options: RequestOptions = {}): Promise<Answer> =>
    send(agent, `http://127.0.0.1:${server.app.get(MetricsListener).port}`, method, path, options);

  it('require the token', async () => {
    const { status, headers, text } = await server.call('GET', '/metrics', { token: TOKEN });
    expect([status, headers['content-type']]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
    expect(text).toContain('\nkeywright_lease_held 1\n');
    for (const options of [{}, { token: `${TOKEN}x` }, { token: user.token }, { basic: TOKEN }]) {
      const answer = await server.call('GET', '/metrics', options);
      expect([answer.status, answer.headers['content-type']]).toEqual([401, JSON_TYPE]);
      expect(answer.body).toEqual(refusal('/metrics', 401));
    }
  });

  it('are served on a port of their own as well, and nothing else is there', async () => {
    const { status, text } = await onOwnPort('GET', '/metrics', { token: TOKEN });
    expect([status, samplesOf(text).get('keywright_lease_held')]).toEqual([200, 1]);
    expect((await onOwnPort('GET', '/metrics')).status).toBe(401);
    expect((await onOwnPort('POST', '/metrics', { token: TOKEN })).status).toBe(405);
    for (const path of ['/', '/docs', '/health/live', '/api/v1/keys/check'])
      expect((await onOwnPort('GET', path, { token: TOKEN })).status).toBe(404);
  });

  it('count verifications by outcome, with their duration', async () => {
    const { id, fullKey } = await server.newFullKey(user, application);
    const check = (token: string, query = '') => server.call('GET', `/api/v1/keys/check${query}`, { token });
    const outcome = (name: string) => `keywright_verifications_total{outcome="${name}"}`;
    const names = [
      ...['VALID', 'NOT_FOUND', 'INSUFFICIENT_LEVEL', 'DISABLED', 'UNAVAILABLE'].map(outcome),
      'keywright_verification_duration_seconds_count',
      'keywright_verification_duration_seconds_bucket{le="+Inf"}',
      'keywright_keyring_lookups_total{result="hit"}',
      'keywright_keyring_lookups_total{result="miss"}',
      'keywright_keyring_fills_total',
      'keywright_barrier_wait_seconds_count',
    ];
    const counts = await added(names, async () => {
      for (let times = 0; times < 3; times += 1) expect((await check(fullKey)).status).toBe(204);
      expect((await check(fullKey, '?level=8')).status).toBe(403);
      expect((await check('garbage')).status).toBe(401);
      const json = { keys: [{ key: fullKey }, { key: 'garbage' }] };
      await server.call('POST', '/api/v1/keys/verify/batch', { token: user.token, json });
      const path = `/api/v1/applications/${application}/api-keys/${id}`;
      await server.call('PATCH', path, { token: user.token, json: { isEnabled: false } });
      expect((await check(fullKey)).status).toBe(401);
    });
    // Garbage isn't looked up. Twice memory didn't know the key: at first, and after the change.
    expect(counts).toEqual([4, 2, 1, 1, 0, 8, 8, 4, 2, 2, 1]);
  });

  it('label requests by route and status, and never by an id', async () => {
    const route = (pattern: string, status: number) =>
      `keywright_http_request_duration_seconds_count{method="GET",route="${pattern}",status="${status}"}`;
    const names = [route('/api/v1/applications/:id', 200), route('/api/v1/applications/:id', 401), route('none', 404)];
    const counts = await added(names, async () => {
      const path = `/api/v1/applications/${application}`;
      await server.call('GET', path, { token: user.token });
      await server.call('GET', path);
      await server.call('GET', `/nowhere/${application}`);
    });
    expect(counts).toEqual([1, 1, 1]);
    const { text } = await server.call('GET', '/metrics', { token: TOKEN });
    expect(text).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}/);
  });

  it('report the state of this instance and its process', async () => {
    await server.flushed();
    const samples = await read();
    expect(samples.get('keywright_instances')).toBe(1);
    expect(samples.get('keywright_barrier_waiting')).toBe(0);
    expect(samples.get('keywright_lease_age_seconds')).toBeLessThan(3);
    for (const counts of ['last_use', 'quotas', 'usage'])
      expect(samples.get(`keywright_flush_lag_seconds{of="${counts}"}`)).toBeLessThan(10);
    expect(samples.get('nodejs_eventloop_lag_p99_seconds')).toBeGreaterThan(0);
    expect(samples.get('process_resident_memory_bytes')).toBeGreaterThan(1e7);
  });

  it('cover everything that the dashboard and the alerts use', async () => {
    const { text } = await server.call('GET', '/metrics', { token: TOKEN });
    const exported = new Set(Array.from(text.matchAll(/^# TYPE (\S+)/gm), ([, name]) => name));
    const dashboard = readFileSync('integrations/grafana/keywright.json', 'utf8');
    const { panels } = JSON.parse(dashboard) as { panels: { targets?: { expr: string }[] }[] };
    const queries = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
    const alerts = readFileSync('integrations/prometheus/alerts.yaml', 'utf8').match(/^ +expr: .+$/gm) ?? [];
    expect([queries.length > 20, alerts.length > 5]).toEqual([true, true]);
    for (const expression of [...queries, ...alerts]) expect(namesIn([expression]).size).toBeGreaterThan(0);
    const asked = namesIn([...queries, ...alerts, ...(dashboard.match(/label_values\([^)]+/g) ?? [])]);
    expect([...asked].filter((name) => !exported.has(name))).toEqual([]);
    const own = [...exported].filter((name) => name?.startsWith('keywright_'));
    expect(own.filter((name) => !asked.has(name ?? ''))).toEqual([]);
  });

  it("follow Prometheus's naming: counters end in _total, and nothing else does", async () => {
    const { text } = await server.call('GET', '/metrics', { token: TOKEN });
    const types = Array.from(text.matchAll(/^# TYPE (\S+) (\S+)$/gm), ([, name = '', type]) => ({ name, type }));
    expect(types.length).toBeGreaterThan(30);
    expect(types.filter(({ name, type }) => name.endsWith('_total') !== (type === 'counter'))).toEqual([]);
  });

  it('leave out a collector that fails or takes too long, and show the others', async () => {
    const gauge = (name: string, read: () => number | Promise<number>) => ({
      kind: 'gauge' as const,
      name: `keywright_test_${name}`,
      help: 'For a test.',
      read,
    });
    server.app.get(MetricsRegistry).add(
      gauge('good', () => Promise.resolve(7)),
      gauge('failing', () => Promise.reject(new Error('The database is gone'))),
      gauge('thrown', () => {
        throw new Error('This is wrong');
      }),
      gauge('slow', () => new Promise<never>(() => undefined)),
    );
    const samples = await read();
    expect(samples.get('keywright_test_good')).toBe(7);
    for (const name of ['failing', 'thrown', 'slow']) expect(samples.has(`keywright_test_${name}`)).toBe(false);
    expect(samples.get('keywright_lease_held')).toBe(1);
  });

  it('are off by default', async () => {
    const other = await server.another({ METRICS_PORT: '', METRICS_TOKEN: '' });
    for (const options of [{}, { token: TOKEN }, { token: 'undefined' }]) {
      const { status, body } = await other.call('GET', '/metrics', options);
      expect([status, body]).toEqual([404, refusal('/metrics', 404)]);
    }
    expect(other.app.get(MetricsListener).port).toBeNull();
    await other.close();
  });
});
