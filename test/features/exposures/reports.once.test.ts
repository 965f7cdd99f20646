/**
 * Guarantees for reported keys: no answer reveals whether a key exists; an exposed key is marked, its merchant notified, and its policy
 * applied.
 */

import { ApiKey } from '../../../src/api-keys/api-key.entity.js';
import { issueClientPair } from '../../../src/api-keys/credentials/credential.js';
import { ExposureInbox } from '../../../src/exposures/exposure-inbox.js';
import { ExposureReport } from '../../../src/exposures/exposure-report.entity.js';
import { expectEnvelope, refusal } from '../../support/envelope.js';
import {
  exposureEvents,
  exposureOf,
  forgedKey,
  report,
  setPolicy,
  settled,
  sourceOf,
} from '../../support/exposures.js';
import { bcryptRow, foreignKey, importLines, outcomeOf, sha256Row } from '../../support/imports.js';
import { mailsSent, mailsTo } from '../../support/mails.js';
import { TestServer, type User } from '../../support/server.js';

interface Key {
  id: string;
  fullKey: string;
}

describe('reports of exposed keys', () => {
  let server: TestServer;
  let user: User;
  let application: string;
  let key: Key;
  beforeAll(async () => {
    server = await TestServer.start();
    user = await server.newMerchant();
    application = await server.newApplication(user);
  });
  beforeEach(async () => (key = await server.newFullKey(user, application)));
  afterAll(() => server.stop());

  const view = async (id = key.id) => (await server.call('GET', `/api/v1/api-keys/${id}`, { token: user.token })).body;
  /** Everything is processed, and all mails are sent. */
  const told = async (): Promise<void> => {
    await settled(server);
    await mailsSent(server);
  };

  it('gives a known key, an unknown one, a bare id and garbage the same answer, byte for byte', async () => {
    const publicId = key.fullKey.slice(0, 24);
    const reported = [key.fullKey, forgedKey(), forgedKey(publicId), publicId, 'garbage', `${key.fullKey}x`];
    const answers = [];
    for (const each of reported) {
      const { status, text, headers } = await report(server, [each]);
      answers.push(JSON.stringify([status, text, { ...headers, date: null, 'x-request-id': null }]));
    }
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toContain(JSON.stringify([202, '{"received":1}']).slice(1, -1));
    expect((await report(server, [key.fullKey, forgedKey(), 'x'])).body).toEqual({ received: 3 });
    expect(await sourceOf(server, key.id)).toBe('report');
  });

  it('marks the key, shows that to its merchant, and audits it', async () => {
    expect(await view()).toMatchObject({ exposedAt: null, exposedSource: null });
    const { updatedAt, version } = await server.dataSource.getRepository(ApiKey).findOneByOrFail({ id: key.id });
    await report(server, [` ${key.fullKey}\n`], 'https://paste.example/x7Fq');
    await settled(server);
    expect(await view()).toMatchObject({
      exposedAt: expect.stringMatching(/^\d{4}-.*Z$/),
      exposedSource: 'report',
      status: 'active',
    });
    const { text } = await server.call('GET', '/api/v1/api-keys/export', { token: user.token });
    const line = text.split('\n').find((each) => each.includes(key.id)) ?? '{}';
    expect(JSON.parse(line)).toMatchObject({ exposedSource: 'report' });
    const after = await server.dataSource.getRepository(ApiKey).findOneByOrFail({ id: key.id });
    expect([after.updatedAt, after.version]).toEqual([updatedAt, version]);
    const [event, ...others] = await exposureEvents(server, key.id);
    expect(others).toEqual([]);
    expect(event).toMatchObject({
      merchantId: user.merchantId,
      actorKind: 'system',
      address: expect.stringMatching(/^127\./),
      details: { source: 'report', where: 'https://paste.example/x7Fq', policy: 'notify', action: 'none' },
    });
  });

  it("notifies all who manage the merchant's keys, whatever they chose, in one mail, without the key", async () => {
    const owner = await server.newMerchant();
    const manager = await server.newMember(owner, 'user');
    await server.newMember(owner, 'readOnly');
    const choose = ({ token }: User, events: string[]) =>
      server.call('PUT', '/api/v1/members/me/notifications', { token, json: { events } });
    await choose(owner, []);
    await choose(manager, ['api_key.exposed']);
    const made = await server.newFullKey(owner, await server.newApplication(owner), {
      description: 'Checkout in Vienna',
    });
    const pair = await server.newPair(owner);
    await report(server, [made.fullKey, `${pair.apikey}:${pair.apisecret}`], 'a bin in Linz');
    await told();
    const mails = server.mailbox.mails.filter(({ text }) => text.includes('a bin in Linz'));
    expect(mails.map(({ to }) => to).sort()).toEqual([owner.email, manager.email].sort());
    for (const { text } of mails) {
      for (const part of ['Checkout in Vienna', 'Client key', made.fullKey.slice(0, 12)]) expect(text).toContain(part);
      for (const secret of [made.fullKey.slice(24, 40), pair.apisecret.slice(0, 20)])
        expect(text).not.toContain(secret);
    }
  });

  it('notifies only the owner of a personal key, and shows nothing of it on that surface', async () => {
    const colleague = await server.newMember(user, 'user');
    const { key: id, basic } = await server.newPersonalKey(colleague, 1);
    // Even a manager with few rights left.
    const json = { role: 'readSome' };
    await server.call('PATCH', `/api/v1/members/${colleague.uuid}`, { token: user.token, json });
    const shown = await server.call('GET', '/whoami/key', { basic });
    await report(server, [basic]);
    await told();
    expect(await sourceOf(server, id)).toBe('report');
    const about = (who: User) => mailsTo(server, who).filter(({ text }) => text.includes(id));
    expect([about(colleague).length, about(user)]).toEqual([1, []]);
    const { text } = await server.call('GET', '/whoami/key', { basic });
    expect(text).toBe(shown.text);
  });

  it.each([
    ['notify', 'active', 'VALID', 'none'],
    ['notify', 'disabled', 'DISABLED', 'none'],
    ['notify', 'expired', 'EXPIRED', 'none'],
    ['disable', 'active', 'DISABLED', 'disabled'],
    ['disable', 'disabled', 'DISABLED', 'none'],
    ['disable', 'expired', 'DISABLED', 'disabled'],
    ['revoke', 'active', 'NOT_FOUND', 'revoked'],
    ['revoke', 'disabled', 'NOT_FOUND', 'revoked'],
    ['revoke', 'expired', 'NOT_FOUND', 'revoked'],
  ])('by the policy "%s" leaves a key that is %s as %s', async (policy, state, outcome, action) => {
    const owner = await server.newMerchant();
    const made = await server.newFullKey(owner, await server.newApplication(owner));
    const change = { active: {}, disabled: { isEnabled: false }, expired: { expiresAt: '2020-01-01' } }[state];
    if (state !== 'active')
      await server.call('PATCH', `/api/v1/api-keys/${made.id}`, { token: owner.token, json: change });
    expect((await setPolicy(server, owner, { reported: policy })).body).toMatchObject({ reported: policy });
    await outcomeOf(server, made.fullKey);
    await report(server, [made.fullKey]);
    await settled(server);
    expect(await outcomeOf(server, made.fullKey)).toBe(outcome);
    const events = await exposureEvents(server, made.id);
    expect(events.map(({ details }) => [details.policy, details.action])).toEqual([[policy, action]]);
    await told();
    const [{ text } = { text: '' }] = mailsTo(server, owner).filter(({ text }) => text.includes(made.id));
    expect(text).toContain(
      { none: 'No action has', disabled: 'has been disabled', revoked: 'has been revoked' }[action],
    );
  });

  it('recognises a rotated secret during its overlap, and not afterwards', async () => {
    const rotate = (json: object) =>
      server.call('POST', `/api/v1/api-keys/${key.id}/rotate`, { token: user.token, json });
    const { body: second } = await rotate({ overlapSeconds: 3600 });
    await report(server, [key.fullKey]);
    expect(await sourceOf(server, key.id)).toBe('report');
    await rotate({ overlapSeconds: 3600, endPrevious: true });
    expect(await exposureOf(server, key.id)).toEqual([null, null]);
    await report(server, [key.fullKey]);
    expect(await sourceOf(server, key.id)).toBeNull();
    await server.dataSource.getRepository(ApiKey).update(key.id, { previousValidUntil: new Date(Date.now() - 1) });
    await report(server, [second.fullKey]);
    expect(await sourceOf(server, key.id)).toBeNull();
    expect(await exposureEvents(server, key.id)).toHaveLength(1);
  });

  it('ignores an id without its secret, a wrong secret, and a deleted key', async () => {
    const publicId = key.fullKey.slice(0, 24);
    const pair = await server.newPair(user);
    const another = issueClientPair();
    await report(server, [publicId, forgedKey(publicId), pair.apikey, `${pair.apikey}:${another.secret}`, key.id]);
    expect([await sourceOf(server, key.id), await sourceOf(server, pair.id)]).toEqual([null, null]);
    await server.call('DELETE', `/api/v1/api-keys/${key.id}`, { token: user.token });
    await report(server, [key.fullKey]);
    expect(await sourceOf(server, key.id)).toBeNull();
  });

  it('recognises imported keys, with fast and with slow hashes', async () => {
    const [fast, slow] = [foreignKey(), foreignKey()];
    await importLines(server, user, [sha256Row(fast), await bcryptRow(slow)]);
    await report(server, [fast, slow, foreignKey()]);
    await settled(server);
    const { body } = await server.call('GET', '/api/v1/api-keys?q=from%20before', { token: user.token });
    expect(body.items.map((item: Record<string, unknown>) => item.exposedSource)).toEqual(['report', 'report']);
  });

  it('notifies once, and applies a stricter policy when the key is reported again', async () => {
    const owner = await server.newMerchant();
    const made = await server.newFullKey(owner, await server.newApplication(owner));
    await report(server, [made.fullKey, made.fullKey]);
    await settled(server);
    const [first] = await exposureOf(server, made.id);
    await report(server, [made.fullKey]);
    await told();
    expect(mailsTo(server, owner)).toHaveLength(1);
    expect(await exposureEvents(server, made.id)).toHaveLength(1);
    await setPolicy(server, owner, { reported: 'disable' });
    for (let again = 0; again < 2; again += 1) await report(server, [made.fullKey]);
    await told();
    expect(mailsTo(server, owner)).toHaveLength(2);
    expect(await outcomeOf(server, made.fullKey)).toBe('DISABLED');
    expect((await exposureOf(server, made.id))[0]).toEqual(first);
  });

  it('stores no secret from the reported source', async () => {
    const pair = await server.newPair(user);
    const source = `https://x.example/?a=${key.fullKey} then ${key.fullKey} and "${pair.apisecret}"`;
    await report(server, [key.fullKey], source);
    await settled(server);
    const [event] = await exposureEvents(server, key.id);
    expect(event?.details.where).toBe('https://x.example/?… then … and "…"');
  });

  it('refuses more than 30 reports a minute from one address, whatever they contain', async () => {
    const send = (keys: unknown) => server.call('POST', '/api/v1/exposures', { json: { keys }, from: '127.9.9.9' });
    for (let sent = 0; sent < 30; sent += 1) expect([202, 400]).toContain((await send(sent % 2 ? 'x' : ['x'])).status);
    const { status, headers, body } = await send([key.fullKey]);
    expect([status, Number(headers['retry-after']) > 0]).toEqual([429, true]);
    expect(body).toEqual(refusal('/api/v1/exposures', 429, 'Too many requests. Please try again later'));
    expect(await sourceOf(server, key.id)).toBeNull();
  });

  it.each<[string, number, string, object]>([
    ['10,000 keys', 413, '', { keys: Array.from({ length: 10_000 }, () => forgedKey()) }],
    ['10,000 short texts', 400, 'keys', { keys: Array.from({ length: 10_000 }, () => 'x') }],
    ['101 keys', 400, 'keys', { keys: Array.from({ length: 101 }, () => 'x') }],
    ['no keys', 400, 'keys', { keys: [] }],
    ['keys that are no list', 400, 'keys', { keys: 'ks_live_x' }],
    ['a number', 400, 'keys', { keys: [7] }],
    ['an empty text', 400, 'keys', { keys: [''] }],
    ['a text of 513 characters', 400, 'keys', { keys: ['x'.repeat(513)] }],
    ['a source that is no text', 400, 'source', { keys: ['x'], source: 7 }],
    ['a source of 301 characters', 400, 'source', { keys: ['x'], source: 'x'.repeat(301) }],
  ])('refuses %s with %i', async (_, status, field, { keys, source }: { keys?: unknown; source?: unknown }) => {
    const answer = await report(server, keys, source);
    expect(answer.status).toBe(status);
    expectEnvelope('/api/v1/exposures', answer);
    if (status === 400) expect(answer.body.details[0].field).toBe(field);
  });

  it('refuses an invalid policy, and changes only what is sent', async () => {
    const owner = await server.newMerchant();
    const path = '/api/v1/merchants/me/exposure-policy';
    const read = async () => (await server.call('GET', path, { token: owner.token })).body;
    expect(await read()).toEqual({ reported: 'notify', inQuery: 'notify', overHttp: 'notify' });
    expect((await setPolicy(server, owner, { reported: 'off' })).status).toBe(400);
    expect((await setPolicy(server, owner, { inQuery: null })).status).toBe(400);
    const changes = [{ inQuery: 'off' }, { reported: 'revoke' }];
    await Promise.all(changes.map((change) => setPolicy(server, owner, change)));
    expect(await read()).toEqual({ reported: 'revoke', inQuery: 'off', overHttp: 'notify' });
    const reader = await server.newMember(owner, 'readOnly');
    expect((await setPolicy(server, reader, { reported: 'notify' })).status).toBe(403);
  });

  // The last one, because it restarts the server.
  it('stores possible keys, encrypted, before it answers, and processes them after a restart', async () => {
    await server.app.get(ExposureInbox, { strict: false }).onApplicationShutdown();
    expect((await report(server, ['garbage', key.fullKey.slice(0, -1), forgedKey().slice(0, -1)])).status).toBe(202);
    const rows = () => server.dataSource.getRepository(ExposureReport).find();
    expect(await rows()).toEqual([]);
    expect((await report(server, [key.fullKey, forgedKey()])).status).toBe(202);
    const stored = await rows();
    expect(stored).toHaveLength(2);
    expect(JSON.stringify(stored)).not.toContain(key.fullKey.slice(0, 24));
    expect(await exposureOf(server, key.id)).toEqual([null, null]);
    const isTold = () => mailsTo(server, user).some(({ text }) => text.includes(key.id));
    await server.close();
    await server.open();
    expect(await sourceOf(server, key.id)).toBe('report');
    expect(await rows()).toEqual([]);
    // So is its mail, which another process sends.
    await server.sealed();
    await server.close();
    await server.open();
    expect(isTold()).toBe(false);
    await mailsSent(server);
    expect(isTold()).toBe(true);
  });
});
