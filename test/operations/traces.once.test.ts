/** Guarantees of traces: complete spans without secrets, no cost unless configured, and no dependence on their receiver. */

import { resolve } from 'node:path';
import { OtlpReceiver, type ReceivedSpan } from '../support/otlp.js';
import { newFolder, Program, removeFolder } from '../support/program.js';

const NODE_OPTIONS = `--require=${resolve('test/support/loaded.cjs')}`;
const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = 'b7ad6b7169203331';

const filesOf = (program: Program): number =>
  Number(/OpenTelemetry's files: (\d+)/.exec(program.stdout)?.[1] ?? Number.NaN);

describe('traces', () => {
  let folder: string;
  let receiver: OtlpReceiver;
  beforeAll(async () => {
    folder = newFolder();
    receiver = await OtlpReceiver.start();
  });
  afterAll(async () => {
    await receiver.stop();
    await removeFolder(folder);
  });

  const named = (name: string): ReceivedSpan[] => receiver.spans.filter((span) => span.name === name);
  const one = (name: string): ReceivedSpan => {
    const [span, ...others] = named(name);
    if (!span || others.length > 0) throw new Error(`${name} is there ${others.length + (span ? 1 : 0)} times`);
    return span;
  };
  const childrenOf = ({ spanId }: ReceivedSpan): ReceivedSpan[] =>
    receiver.spans.filter(({ parentSpanId }) => parentSpanId === spanId);
  const namesUnder = (span: ReceivedSpan): string[] =>
    childrenOf(span).flatMap((child) => [child.name, ...namesUnder(child)]);

  it('follow a request through its transaction, its statements and the barrier, without any secret', async () => {
    const program = await Program.start(folder, {
      NODE_OPTIONS,
      OTEL_EXPORTER_OTLP_ENDPOINT: `${receiver.url}/`,
      OTEL_SERVICE_NAME: 'keys-in-vienna',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
      // Sent at the end alone: what isn't sent then isn't sent at all.
      OTEL_BSP_SCHEDULE_DELAY: '60000',
    });
    const token = await program.logIn(program.password);
    const made = await program.call('POST', '/api/v1/api-keys', {
      token,
      json: { description: 'Traced' },
      headers: { traceparent: `00-${TRACE}-${PARENT}-01` },
    });
    expect(made.status).toBe(201);
    const { id, fullKey } = made.body;
    expect((await program.call('GET', '/api/v1/keys/check', { token: fullKey })).status).toBe(204);
    const json = { isEnabled: false };
    const changed = await program.call('PATCH', `/api/v1/api-keys/${id}`, { token, json });
    expect(changed.status).toBe(200);
    expect((await program.call('GET', '/api/v1/keys/check', { token: fullKey })).status).toBe(401);
    expect((await program.call('GET', '/nowhere/at/all')).status).toBe(404);
    expect(await program.end('SIGTERM')).toBe(0);
    expect(filesOf(program)).toBe(1);

    expect([...receiver.paths]).toEqual(['POST /v1/traces application/json']);
    const creation = one('POST /api/v1/api-keys');
    expect(creation).toMatchObject({
      traceId: TRACE,
      parentSpanId: PARENT,
      kind: 2,
      attributes: {
        'http.request.method': 'POST',
        'http.route': '/api/v1/api-keys',
        'http.response.status_code': 201,
        'keywright.request_id': made.headers['x-request-id'],
      },
      resource: { 'service.name': 'keys-in-vienna', 'deployment.environment.name': 'test' },
    });
    expect(namesUnder(creation)).toEqual(
      expect.arrayContaining(['transaction', 'INSERT api_key', 'INSERT audit_event']),
    );
    const [transaction] = childrenOf(creation).filter(({ name }) => name === 'transaction');
    const insert = receiver.spans.find(({ name, traceId }) => name === 'INSERT api_key' && traceId === TRACE);
    expect(insert).toMatchObject({
      parentSpanId: transaction?.spanId,
      attributes: { 'db.system.name': 'sqlite', 'db.operation.name': 'INSERT', 'db.collection.name': 'api_key' },
    });

    const change = one('PATCH /api/v1/api-keys/:keyId');
    expect(change.traceId).not.toBe(TRACE);
    expect(namesUnder(change)).toEqual(expect.arrayContaining(['transaction', 'UPDATE api_key', 'wait for instances']));

    const checks = named('GET /api/v1/keys/check');
    const outcomes = checks.map((check) => [
      check.attributes['http.response.status_code'],
      ...childrenOf(check).map(({ name, attributes }) => `${name}: ${String(attributes['keywright.outcome'])}`),
    ]);
    expect(outcomes).toEqual([
      [204, 'verify key: VALID'],
      [401, 'verify key: DISABLED'],
    ]);
    expect(one('GET').attributes).toMatchObject({ 'http.response.status_code': 404 });

    // Every root is a request: what the server does by itself is no trace.
    const ids = new Set(receiver.spans.map(({ spanId }) => spanId));
    const roots = receiver.spans.filter(({ parentSpanId }) => !ids.has(parentSpanId));
    expect(new Set(roots.map(({ kind }) => kind))).toEqual(new Set([2]));
    for (const secret of [token, fullKey, fullKey.slice(24), program.password, id])
      expect(receiver.received).not.toContain(secret);
  });

  it('are not even loaded unless configured', async () => {
    const program = await Program.start(folder, { NODE_OPTIONS });
    expect((await program.call('GET', '/health/ready')).status).toBe(200);
    expect(await program.end('SIGTERM')).toBe(0);
    expect(filesOf(program)).toBe(0);
  });

  it('without a receiver delay no request, and no process from ending', async () => {
    const program = await Program.start(folder, {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
      OTEL_BSP_SCHEDULE_DELAY: '10',
    });
    for (let times = 0; times < 5; times += 1) expect((await program.call('GET', '/health/ready')).status).toBe(200);
    expect(await program.end('SIGTERM')).toBe(0);
  });
});
