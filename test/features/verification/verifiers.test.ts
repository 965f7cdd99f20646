/** Verifiers in processes of merchants: what they are told, what they may remember, and whom they delay. */
import { setTimeout as sleep } from 'node:timers/promises';
import { InstanceVerifiers } from '../../../src/verification/barrier/instance-verifiers.entity.js';
import { Verifier } from '../../../src/verification/verifiers/verifier.entity.js';
import { TestServer, type User } from '../../support/server.js';
import { newVerifier, newVerifierKey, type TestVerifier } from '../../support/verifiers.js';

interface StreamEvent {
  type: string;
  revision: number;
  serverTimeMs: number;
  validForMs?: number;
  forget?: string[];
  everything?: boolean;
}

/** A stream that is being read. */
class Stream {
  readonly events: StreamEvent[] = [];
  isEnded = false;
  private readonly abort = new AbortController();

  constructor(
    server: TestServer,
    private readonly verifier: TestVerifier,
    after?: number,
  ) {
    const query = after === undefined ? '' : `?after=${after}`;
    void this.read(`${server.url}/api/v1/verifiers/${verifier.id}/stream${query}`);
  }

  /** Waits for an event, from the first one on that nobody has waited for. */
  async next(type: string, withinMs = 5000): Promise<StreamEvent> {
    for (const endMs = performance.now() + withinMs; performance.now() < endMs;) {
      const found = this.events.findIndex((event) => event.type === type);
      const [event] = found === -1 ? [] : this.events.splice(0, found + 1).slice(-1);
      if (event) return event;
      await sleep(5);
    }
    throw new Error(`There was no ${type}.`);
  }

  close(): void {
    this.abort.abort();
  }

  private async read(url: string): Promise<void> {
    try {
      const headers = { authorization: `Bearer ${this.verifier.key}` };
      const { body } = await fetch(url, { headers, signal: this.abort.signal });
      let rest = '';
      for await (const chunk of body ?? []) {
        const parts = (rest + Buffer.from(chunk).toString()).split('\n\n');
        rest = parts.pop() ?? '';
        for (const part of parts) {
          const [, type = '', data = ''] = /event: (\w+)\ndata: (.*)/.exec(part) ?? [];
          this.events.push({ type, ...(JSON.parse(data) as Omit<StreamEvent, 'type'>) });
        }
      }
    } catch {
      // Closed by either side.
    }
    this.isEnded = true;
  }
}

describe('verifiers', () => {
  let server: TestServer;
  let user: User;
  let verifier: TestVerifier;
  const streams: Stream[] = [];
  beforeAll(async () => {
    server = await TestServer.start({ MAX_VERIFIERS_PER_MERCHANT: '3' });
  });
  beforeEach(async () => {
    user = await server.newMerchant();
    verifier = await newVerifier(server, user);
  });
  afterEach(() => {
    for (const stream of streams.splice(0)) stream.close();
  });
  afterAll(() => server.stop());

  const open = (after?: number, of = verifier): Stream => {
    const stream = new Stream(server, of, after);
    streams.push(stream);
    return stream;
  };
  const newKey = async (settings: object = {}, token = user.token): Promise<{ id: string; fullKey: string }> =>
    (await server.call('POST', '/api/v1/api-keys', { token, json: { description: 'A key', ...settings } })).body;
  const revoke = async ({ id }: { id: string }, token = user.token): Promise<number> => {
    const startMs = performance.now();
    expect((await server.call('DELETE', `/api/v1/api-keys/${id}`, { token })).status).toBe(204);
    return performance.now() - startMs;
  };
  const ask = async (...keys: object[]) =>
    server.call('POST', '/api/v1/verifiers/verifications', { token: verifier.key, json: { keys } });
  const at = (path: string, of = verifier) => `/api/v1/verifiers/${of.id}${path}`;
  const acknowledge = (revision: number, of = verifier) =>
    server.call('POST', at('/acknowledgements', of), { token: of.key, json: { revision } });

  it('have a lease that is renewed and never longer than that of the instance', async () => {
    const stream = open();
    for (let count = 0; count < 3; count += 1) {
      const { validForMs } = await stream.next('lease');
      expect(validForMs).toBeGreaterThan(500);
      expect(validForMs).toBeLessThanOrEqual(2500);
    }
  });

  it('are told what to forget, and the revocation returns as soon as they have acknowledged it', async () => {
    const key = await newKey();
    const stream = open();
    await stream.next('lease');
    const revoked = revoke(key);
    const { forget, revision } = await stream.next('forget');
    expect(forget).toEqual([key.fullKey.slice(0, 24)]);
    expect((await acknowledge(revision)).status).toBe(204);
    expect(await revoked).toBeLessThan(1000);
  });

  it('delay a revocation until their lease ends if they do not acknowledge it, and no other merchant', async () => {
    const stranger = await server.newMerchant();
    const [key, other] = [await newKey(), await newKey({}, stranger.token)];
    await open().next('lease');
    const revoked = revoke(key);
    expect(await revoke(other, stranger.token)).toBeLessThan(700);
    const took = await revoked;
    expect(took).toBeGreaterThan(700);
    expect(took).toBeLessThan(3500);
  });

  it('delay a revocation although their connection has broken, as long as their lease may run', async () => {
    const key = await newKey();
    const stream = open();
    await stream.next('lease');
    stream.close();
    await sleep(50);
    expect(await revoke(key)).toBeGreaterThan(500);
  });

  it('hear of every change that their answers depend on', async () => {
    const application = await server.newApplication(user);
    const { fullKey } = await server.newFullKey(user, application);
    const stream = open();
    await stream.next('lease');
    const { dependsOn } = (await ask({ key: fullKey })).body.results[0].known;
    const changes: [string, string, object][] = [
      ['PATCH', `/api/v1/applications/${application}/status`, { isEnabled: false }],
      ['PATCH', `/api/v1/applications/${application}/status`, { isEnabled: true }],
    ];
    for (const [method, path, json] of changes) {
      const done = server.call(method, path, { token: user.token, json });
      const { forget = [], revision } = await stream.next('forget');
      expect(dependsOn).toEqual(expect.arrayContaining(forget));
      await acknowledge(revision);
      expect((await done).status).toBe(200);
    }
  });

  it('are told after an absence what they have missed, and to forget everything if that is not known', async () => {
    const [first, second] = [await newKey(), await newKey()];
    const stream = open();
    const { revision } = await stream.next('lease');
    stream.close();
    await revoke(first);
    await revoke(second);
    const missed = await open(revision).next('forget');
    expect(missed).toMatchObject({
      everything: false,
      forget: [first.fullKey.slice(0, 24), second.fullKey.slice(0, 24)],
    });
    expect(await open(missed.revision).next('lease')).toMatchObject({ revision: missed.revision });
    expect(await open(missed.revision + 1_000_000).next('forget')).toMatchObject({ everything: true, forget: [] });
  });

  it('can poll instead, where the next poll acknowledges', async () => {
    const key = await newKey();
    const poll = async (after: number, waitMs = 0) =>
      (await server.call('GET', at(`/changes?after=${after}&waitMs=${waitMs}`), { token: verifier.key })).body;
    const { revision } = await poll(0);
    const idle = await poll(revision, 200);
    expect(idle).toMatchObject({ forget: [], everything: false, revision });
    expect(idle.heldMs).toBeGreaterThanOrEqual(190);
    expect(idle.validForMs).toBeGreaterThan(500);
    const waiting = poll(revision, 1000);
    await sleep(50);
    const revoked = revoke(key);
    const changed = await waiting;
    expect(changed).toMatchObject({ forget: [key.fullKey.slice(0, 24)] });
    await poll(changed.revision);
    expect(await revoked).toBeLessThan(1000);
  });

  it('are answered as others are, with what they may remember', async () => {
    const expiresInSeconds = 3600;
    const [plain, bound, limited, off] = [
      await newKey({ expiresInSeconds, metadata: { plan: 'pro' } }),
      await newKey({ allowedIps: ['203.0.113.0/24'] }),
      await newKey({ rateLimit: { limit: 5, windowSeconds: 60 } }),
      await newKey(),
    ];
    await server.call('PATCH', `/api/v1/api-keys/${off.id}`, { token: user.token, json: { isEnabled: false } });
    const keys = [plain, bound, limited, off, { fullKey: 'nothing' }].map(({ fullKey }) => ({ key: fullKey }));
    const { results, revision } = (await ask(...keys)).body;
    const { body } = await server.call('POST', '/api/v1/keys/verify/batch', { token: user.token, json: { keys } });
    const withoutKnown = results.map(({ known: _, ...result }: { known: unknown; outcome: string }) => result);
    expect(withoutKnown.map(({ outcome }: { outcome: string }) => outcome)).toEqual(
      body.results.map(({ outcome }: { outcome: string }) => outcome),
    );
    expect([withoutKnown[0], withoutKnown[4]]).toEqual([body.results[0], body.results[4]]);
    expect(revision).toBeGreaterThanOrEqual(0);
    const known = results.map((result: { known: unknown }) => result.known);
    expect(known).toMatchObject([
      { credential: plain.fullKey.slice(0, 24), expiresAs: 'EXPIRED', allowedIps: null, refusedAs: null },
      { allowedIps: ['203.0.113.0/24'], expiresInMs: null },
      null,
      { refusedAs: 'DISABLED' },
      null,
    ]);
    expect(known[0].expiresInMs).toBeLessThanOrEqual(expiresInSeconds * 1000);
    expect(known[0].expiresInMs).toBeGreaterThan(expiresInSeconds * 1000 - 60_000);
  });

  it('are never told of keys of other merchants', async () => {
    const stranger = await server.newMerchant();
    const { fullKey } = await newKey({}, stranger.token);
    expect((await ask({ key: fullKey })).body.results[0]).toMatchObject({ outcome: 'NOT_FOUND', known: null });
    const stream = open();
    await stream.next('lease');
    await revoke(await newKey({}, stranger.token), stranger.token);
    await stream.next('lease');
    expect(stream.events.filter(({ type }) => type === 'forget')).toEqual([]);
  });

  it('are forgotten a while after they have gone, with what their instances have left', async () => {
    const verifiers = server.dataSource.getRepository(Verifier);
    const left = server.dataSource.getRepository(InstanceVerifiers);
    const stream = open();
    await stream.next('lease');
    const gone = await newVerifier(server, user);
    await verifiers.update({ id: gone.id }, { seenAtMs: Date.now() - 120_000, instanceId: 'gone' });
    await verifiers.update({ id: verifier.id }, { seenAtMs: Date.now() - 120_000 });
    await left.insert({ instanceId: 'gone', merchantId: user.merchantId, appliedRevision: 0 });
    const { items, totalItems } = (await server.call('GET', '/api/v1/verifiers', { token: user.token })).body;
    expect([totalItems, items]).toEqual([1, [expect.objectContaining({ id: verifier.id, isConnected: true })]]);
    expect(await server.keepHouse('verifiers')).toMatchObject({ counts: { forgotten: 1 } });
    expect(await server.keepHouse('key_changes')).toMatchObject({ counts: { left_verifiers: 1 } });
    const { merchantId } = user;
    expect(await verifiers.findBy({ merchantId })).toEqual([expect.objectContaining({ id: verifier.id })]);
    expect(await left.findBy({ merchantId })).toEqual([expect.not.objectContaining({ instanceId: 'gone' })]);
  });

  describe('report uses', () => {
    const report = (uses: object[], headers: Record<string, string> = {}) =>
      server.call('POST', at('/usage'), { token: verifier.key, json: { uses }, headers });
    const used = (credential: string, count = 1, more: object = {}) => ({
      ...{ credential, count, outcome: 'VALID', lastUsedMsAgo: 0 },
      ...more,
    });
    const usageOf = async ({ id }: { id: string }): Promise<number> => {
      await server.flushed();
      const { body } = await server.call('GET', `/api/v1/api-keys/${id}/usage`, { token: user.token });
      return body.intervals.reduce(
        (sum: number, { counts }: { counts: { VALID?: number } }) => sum + (counts.VALID ?? 0),
        0,
      );
    };

    it('that count as those that the server decides, and only once', async () => {
      const key = await newKey();
      const uses = [used(key.fullKey.slice(0, 24), 41, { ip: '203.0.113.9', userAgent: 'acme/1' })];
      const headers = { 'idempotency-key': 'a-report' };
      expect((await report(uses, headers)).body).toEqual({ counted: 41 });
      expect((await report(uses, headers)).body).toEqual({ counted: 41 });
      expect(await usageOf(key)).toBe(41);
      const { body } = await server.call('GET', `/api/v1/api-keys/${key.id}`, { token: user.token });
      expect(body.lastUsedAt).not.toBeNull();
      expect(body.lastUsedFrom).toMatchObject({ network: '203.0.113.0/24' });
      const { items } = (await server.call('GET', '/api/v1/verifiers', { token: user.token })).body;
      expect(items).toMatchObject([{ id: verifier.id, reportedUses: 41 }]);
    });

    it('but not of keys of others', async () => {
      const stranger = await server.newMerchant();
      const { fullKey } = await newKey({}, stranger.token);
      expect((await report([used(fullKey.slice(0, 24))])).body).toEqual({ counted: 0 });
    });

    it('but not more than can be, which the audit trail shows', async () => {
      const key = await newKey();
      const answer = await report([used(key.fullKey.slice(0, 24), 1_000_000_000_000)]);
      expect([answer.status, answer.body.details]).toEqual([400, [expect.objectContaining({ field: 'uses' })]]);
      expect(await usageOf(key)).toBe(0);
      await server.sealed();
      const { body } = await server.call('GET', '/api/v1/audit-events?action=verifier.report_refused', {
        token: user.token,
      });
      expect(body.items).toMatchObject([{ target: { id: verifier.id, type: 'verifier' } }]);
    });
  });

  describe('are refused', () => {
    it('beyond the limit of their merchant, until others are detached', async () => {
      await newVerifier(server, user);
      const last = await newVerifier(server, user);
      const attach = () => server.call('POST', '/api/v1/verifiers', { token: verifier.key, json: {} });
      expect((await attach()).headers['x-error-code']).toBe('verifier.limit_reached');
      expect((await server.call('DELETE', at('', last), { token: last.key })).status).toBe(204);
      expect((await attach()).status).toBe(201);
    });

    it('by a key that does not name the scope, has no level, or is not the one that has attached them', async () => {
      const scopeless = await newKey({ level: 4 });
      const weak = await newVerifierKey(server, user, 0);
      const another = await newVerifierKey(server, user);
      const attach = async (token: string) => {
        const answer = await server.call('POST', '/api/v1/verifiers', { token, json: {} });
        return [answer.status, answer.headers['x-error-code']];
      };
      expect(await attach(scopeless.fullKey)).toEqual([403, 'access.scope_lacking']);
      expect(await attach(weak)).toEqual([403, 'access.level_lacking']);
      const answer = await server.call('POST', at('/acknowledgements'), { token: another, json: { revision: 0 } });
      expect([answer.status, answer.headers['x-error-code']]).toEqual([404, 'verifier.not_found']);
    });

    it('when they acknowledge the future', async () => {
      expect((await acknowledge(Number.MAX_SAFE_INTEGER)).status).toBe(400);
      expect((await acknowledge(0)).status).toBe(204);
    });

    it('once their key is revoked: the stream ends', async () => {
      const stream = open();
      await stream.next('lease');
      const { items } = (await server.call('GET', '/api/v1/verifiers', { token: user.token })).body;
      await revoke({ id: items[0].keyId });
      for (const endMs = performance.now() + 4000; !stream.isEnded && performance.now() < endMs;) await sleep(20);
      expect(stream.isEnded).toBe(true);
      expect((await ask({ key: 'a key' })).status).toBe(401);
    });
  });
});
