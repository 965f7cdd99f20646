/**
 * Guarantees of webhooks: delivery is at least once, signed and in time; a slow, dead or hostile receiver harms no other, and secrets are
 * shown once.
 */

import type { ServerResponse } from 'node:http';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebhookDelivery } from '../../../src/webhooks/webhook-delivery.entity.js';
import { Transactions } from '../../../src/platform/database/transactions/transactions.js';
import { WebhookEndpoint } from '../../../src/webhooks/webhook-endpoint.entity.js';
import { Deliverer } from '../../../src/webhooks/sending/deliverer.js';
import { Outbox } from '../../../src/webhooks/sending/outbox.js';
import { refusal } from '../../support/envelope.js';
import type { Answer } from '../../support/http.js';
import { mailsSent, mailsTo } from '../../support/mails.js';
import { isSignedWith, isVerified, Receiver, type ReceivedEvent } from '../../support/receiver.js';
import { TestServer, type User } from '../../support/server.js';

const PATH = '/api/v1/webhooks';

const DAY_SECONDS = 86_400;

/** Longer than a receiver on a busy machine takes, which answers at once. */
const TIMEOUT_MS = 2000;

describe('webhooks', () => {
  let server: TestServer;
  let receiver: Receiver;
  let owner: User;
  beforeAll(async () => {
    server = await TestServer.start({ WEBHOOK_TIMEOUT_MS: String(TIMEOUT_MS), JWT_TTL_SECONDS: '99999999' });
    receiver = await Receiver.start();
  });
  beforeEach(async () => {
    owner = await server.newMerchant();
    receiver.answer = (response) => void response.writeHead(204).end();
  });
  afterAll(async () => {
    await server.stop();
    await receiver.stop();
  });

  const call = (method: string, path: string, json?: unknown, { token } = owner): Promise<Answer> =>
    server.call(method, PATH + path, { token, json });

  /** An endpoint with a path of its own at the receiver. */
  async function newEndpoint(events = ['*'], more: Record<string, unknown> = {}) {
    const path = `/${randomUUID()}`;
    const { status, body } = await call('POST', '', { url: receiver.url + path, events, ...more });
    expect(status).toBe(201);
    return { id: body.id as string, secret: body.secret as string, path, body };
  }
  const read = async (id: string) => (await call('GET', `/${id}`)).body;
  const deliveriesOf = async (id: string, query = '') => (await call('GET', `/${id}/deliveries${query}`)).body.items;

  const advance = (seconds: number): Promise<void> => {
    server.clock.advance(seconds);
    return server.app.get(Deliverer, { strict: false }).wake();
  };

  /** Waits until it is so. */
  async function until<T>(look: () => Promise<T>, isSo: (seen: T) => boolean): Promise<T> {
    let seen = await look();
    for (let attempt = 0; attempt < 300 && !isSo(seen); attempt += 1) {
      await sleep(30);
      seen = await look();
    }
    expect(isSo(seen) || seen).toBe(true);
    return seen;
  }
  const rename = (application: string, name = `app ${randomUUID()}`) =>
    server.call('PATCH', `/api/v1/applications/${application}`, { token: owner.token, json: { name } });

  describe('endpoints', () => {
    it('show their secret at creation, and never again', async () => {
      const { body, secret } = await newEndpoint(['api_key.*', 'api_key.*'], { description: 'Tells the shop' });
      expect(secret).toMatch(/^whsec_[\w+/]{43}=$/);
      expect(body).toEqual({
        id: expect.any(String),
        url: expect.stringContaining(receiver.url),
        events: ['api_key.*'],
        description: 'Tells the shop',
        applicationId: null,
        enabled: true,
        pausedAt: null,
        pauseReason: null,
        consecutiveFailures: 0,
        previousSecretValidUntil: null,
        createdAt: expect.any(String),
        updatedAt: body.createdAt,
        secret,
      });
      const rest = { ...body };
      delete rest.secret;
      expect(await read(body.id)).toEqual(rest);
      const { body: list } = await call('GET', '');
      expect(list).toMatchObject({ items: [rest], totalItems: 1 });
    });

    it('can be changed and deleted', async () => {
      const { id } = await newEndpoint();
      const change = { events: ['member.*'], description: null, url: `${receiver.url}/elsewhere` };
      expect((await call('PATCH', `/${id}`, change)).body).toMatchObject(change);
      expect((await call('DELETE', `/${id}`)).status).toBe(204);
      expect((await call('GET', `/${id}`)).body).toEqual(refusal(PATH, 404, 'The requested resource was not found'));
    });

    it('of other merchants are read with level 5 and changed with level 8', async () => {
      const { id } = await newEndpoint();
      const statuses = async (user: User) => [
        (await call('GET', `/${id}`, undefined, user)).status,
        (await call('PATCH', `/${id}`, { description: 'x' }, user)).status,
        (await call('POST', `/${id}/test`, undefined, user)).status,
      ];
      expect(await statuses(await server.newMerchant())).toEqual([403, 403, 403]);
      expect(await statuses(await server.newMember(server.admin, 'bughunter'))).toEqual([200, 403, 403]);
      expect(await statuses(server.admin)).toEqual([200, 200, 200]);
    });

    it.each([
      ['no URL', { url: 'nowhere' }, 'url', 'absolute URL'],
      ['another scheme', { url: 'ftp://hooks.shop.example/' }, 'url', 'https'],
      ['a file', { url: 'file:///etc/passwd' }, 'url', 'https'],
      ['a user name', { url: 'https://ada@hooks.shop.example/' }, 'url', 'user name'],
      ['a password', { url: 'https://:secret@hooks.shop.example/' }, 'url', 'password'],
      ['an unresolvable name', { url: 'https://hooks.shop.invalid/' }, 'url', 'cannot be resolved'],
      ['a private address', { url: 'http://10.0.0.1/' }, 'url', 'not public'],
      ['the metadata of a cloud', { url: 'http://169.254.169.254/latest/meta-data/' }, 'url', 'not public'],
      ['a decimal address', { url: 'http://2852039166/' }, 'url', 'not public'],
      ['loopback in IPv6', { url: 'http://[::1]/' }, 'url', 'not public'],
      ['a mapped address', { url: 'http://[::ffff:127.0.0.1]/' }, 'url', 'not public'],
      ['a long URL', { url: `https://hooks.shop.example/${'x'.repeat(2000)}` }, 'url', '2000 characters'],
      [
        'a URL that is long once it is written out',
        { url: `http://127.0.0.1/${'ü'.repeat(400)}` },
        'url',
        'in its normalised form',
      ],
      ['no events', { events: [] }, 'events', 'at least 1'],
      ['an unknown event', { events: ['api_key.created', 'api_key.eaten'] }, 'events', 'api_key.created'],
      ['an unknown kind', { events: ['invoice.*'] }, 'events', 'one of'],
      ['a trial', { events: ['webhook.test'] }, 'events', 'one of'],
      ['a text for events', { events: '*' }, 'events', 'array'],
      ['a long description', { description: 'x'.repeat(251) }, 'description', '250'],
      ['no id of an application', { applicationId: 'x' }, 'applicationId', 'UUID'],
    ])('refuse %s with 400, and name the field', async (_, wrong, field, message) => {
      const { status, body } = await call('POST', '', { url: `${receiver.url}/`, events: ['*'], ...wrong });
      expect([status, body]).toEqual([
        400,
        {
          ...refusal(PATH, 400, 'The request contains invalid parameters or malformed data'),
          details: [{ field, message: expect.stringContaining(message) }],
        },
      ]);
    });

    it('refuse an unknown application and another merchant’s', async () => {
      const statusFor = async (applicationId: string) =>
        (await call('POST', '', { url: receiver.url, events: ['*'], applicationId })).status;
      expect(await statusFor(randomUUID())).toBe(404);
      expect(await statusFor(await server.newApplication(await server.newMerchant()))).toBe(403);
    });

    it('are limited to a hundred', async () => {
      const all = await Promise.all(
        Array.from({ length: 102 }, () => call('POST', '', { url: `${receiver.url}/`, events: ['*'] })),
      );
      expect(all.map(({ status }) => status).sort()).toEqual([...Array<number>(100).fill(201), 409, 409]);
    });
  });

  describe('deliveries', () => {
    it('describe what happened, signed as Standard Webhooks specifies', async () => {
      const { path, secret, id } = await newEndpoint();
      const application = await server.newApplication(owner);
      const key = await server.newFullKey(owner, application);
      const events = await receiver.at(path, 2);
      const made = events.find(({ type }) => type === 'api_key.created');
      if (!made) throw new Error('Nobody was told of the key.');
      expect(made.body).toMatchObject({
        type: 'api_key.created',
        timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
        sequence: expect.any(Number),
        data: { id: key.id, merchantId: owner.merchantId, applicationId: application, name: 'A key' },
      });
      expect(made.body.data.actor).toEqual({
        kind: 'account',
        accountId: owner.accountId,
        keyId: null,
        memberId: owner.uuid,
        username: owner.email,
      });
      expect(events.every((event) => isVerified(secret, event))).toBe(true);
      expect(isVerified(`whsec_${btoa('another secret'.repeat(3))}`, made)).toBe(false);
      expect(isVerified(secret, { ...made, text: made.text.replace('A key', 'B key') })).toBe(false);
      const [newest, oldest] = await until(
        () => deliveriesOf(id, '?status=delivered'),
        (items) => items.length === 2,
      );
      expect(newest.sequence).toBeGreaterThan(oldest.sequence);
      expect(newest).toEqual({
        id: made.headers['webhook-id'],
        type: 'api_key.created',
        sequence: made.body.sequence,
        status: 'delivered',
        attempts: 1,
        nextAttemptAt: null,
        lastStatusCode: 204,
        lastError: null,
        lastAnswer: null,
        payload: made.body,
        createdAt: expect.any(String),
        deliveredAt: expect.any(String),
      });
    });

    it('go to the endpoints that want them: by type, by kind and by application', async () => {
      const [shop, other] = [await server.newApplication(owner), await server.newApplication(owner)];
      await server.sealed();
      const kinds = await newEndpoint(['member.*', 'api_key.disabled']);
      const ofShop = await newEndpoint(['*'], { applicationId: shop });
      const all = await newEndpoint(['*']);
      const updates = await newEndpoint(['api_key.updated']);
      for (const application of [shop, other]) {
        await rename(application);
        const { id } = await server.newFullKey(owner, application);
        const change = (json: unknown) => server.call('PATCH', `/api/v1/api-keys/${id}`, { token: owner.token, json });
        await change({ level: 1 });
        expect((await change({ isEnabled: false })).status).toBe(200);
      }
      await server.newMember(owner, 'readOnly');
      const told = async ({ path }: { path: string }, count: number) =>
        (await receiver.at(path, count)).map(({ body }) => body.type).sort();
      const once = ['api_key.created', 'api_key.disabled', 'api_key.updated', 'application.updated'];
      expect(await told(kinds, 4)).toEqual(['api_key.disabled', 'api_key.disabled', 'member.invited', 'member.joined']);
      expect(await told(ofShop, 4)).toEqual(once);
      expect(await told(updates, 4)).toEqual(Array(4).fill('api_key.updated'));
      const whose = (await receiver.at(updates.path, 4)).map(({ body }) => body.data.applicationId);
      expect(whose.sort()).toEqual([shop, shop, other, other].sort());
      expect((await told(all, 10)).sort()).toEqual([...once, ...once, 'member.invited', 'member.joined'].sort());
      const first = (await receiver.at(ofShop.path))[0]?.body.data;
      expect(first).toMatchObject({ id: shop });
    });

    it('report a key’s first use once, and when 80 and 100 per cent of its quota are used', async () => {
      const { path } = await newEndpoint(['api_key.first_used', 'quota.threshold']);
      const application = await server.newApplication(owner);
      const { id, fullKey } = await server.newFullKey(owner, application, { quota: { limit: 10, period: 'day' } });
      const use = async (times: number) => {
        for (let n = 0; n < times; n += 1)
          expect((await server.call('GET', '/api/v1/keys/check', { token: fullKey })).status).toBe(204);
        await server.flushed();
      };
      await use(7);
      await use(1);
      await use(2);
      const events = await receiver.at(path, 3);
      const told = events.map(({ body: { type, data } }) => [type, data.id, data.percent, data.used, data.limit]);
      expect(told.sort()).toEqual([
        ['api_key.first_used', id, undefined, undefined, undefined],
        ['quota.threshold', id, 100, 10, 10],
        ['quota.threshold', id, 80, 8, 10],
      ]);
      expect(events.every(({ text }) => !text.includes(fullKey))).toBe(true);
    });

    it('begin with the creation of the endpoint, whatever the clocks say', async () => {
      await server.newApplication(owner);
      const { id, path } = await newEndpoint(['application.created']);
      server.clock.advance(-60);
      const application = await server.newApplication(owner);
      server.clock.advance(60);
      expect((await receiver.at(path)).map(({ body }) => body.data.id)).toEqual([application]);
      await server.sealed();
      expect(await deliveriesOf(id)).toHaveLength(1);
    });

    it('are not parked by an instance that has not yet seen that the endpoint was resumed', async () => {
      const { id } = await newEndpoint(['application.created']);
      receiver.answer = (response) => void response.writeHead(500).end();
      await server.newApplication(owner);
      const [delivery] = await until(
        () => deliveriesOf(id),
        (items) => items[0]?.attempts === 1,
      );
      const before = await server.dataSource.getRepository(WebhookEndpoint).findOneByOrFail({ id });
      before.pausedAt = server.clock.now();
      const [outbox, transactions] = [server.app.get(Outbox, { strict: false }), server.app.get(Transactions)];
      await transactions.run((tx) => outbox.park(tx, before));
      expect(await deliveriesOf(id)).toEqual([delivery]);
      await server.dataSource.getRepository(WebhookEndpoint).update({ id }, { pausedAt: server.clock.now() });
      await transactions.run((tx) => outbox.park(tx, before));
      expect(await deliveriesOf(id, '?status=parked')).toHaveLength(1);
    });

    it('are retried at growing intervals with the same id', async () => {
      const { path, id } = await newEndpoint(['application.created']);
      receiver.answer = (response) => void response.writeHead(500).end('Sorry!');
      await server.newApplication(owner);
      const tried = (attempts: number) =>
        until(
          () => deliveriesOf(id),
          ([one]) => one?.attempts === attempts,
        );
      const waits: number[] = [];
      for (let attempts = 1; attempts <= 4; attempts += 1) {
        const [one] = await tried(attempts);
        expect(one).toMatchObject({ status: 'pending', lastStatusCode: 500, lastAnswer: 'Sorry!', lastError: null });
        const waitMs = Date.parse(one.nextAttemptAt) - server.clock.nowMs();
        waits.push(waitMs / 1000);
        await advance(waitMs / 1000 + 1);
      }
      const most = [5, 30, 120, 600].map((seconds) => seconds * 1.1);
      expect(waits.every((seconds, index) => seconds <= (most[index] ?? 0))).toBe(true);
      expect(waits.every((seconds, index) => seconds > (waits[index - 1] ?? 0))).toBe(true);
      receiver.answer = (response) => void response.writeHead(200).end('ok');
      expect((await read(id)).consecutiveFailures).toBeGreaterThan(3);
      // The fifth attempt may have been answered 500 just before.
      await advance(3600);
      await until(
        () => deliveriesOf(id),
        ([one]) => one.status === 'delivered',
      );
      expect((await read(id)).consecutiveFailures).toBe(0);
      const ids = (await receiver.at(path, 5)).map(({ headers }) => headers['webhook-id']);
      expect(new Set(ids).size).toBe(1);
    });

    it('are parked when the endpoint is paused after a day of failures, which is notified, and continue when it is resumed', async () => {
      const { path, id } = await newEndpoint(['application.*']);
      const { path: watching } = await newEndpoint(['webhook.paused']);
      const answerBut = (status: number) => (response: Parameters<Receiver['answer']>[0], event: ReceivedEvent) =>
        void response.writeHead(event.path === path ? status : 204).end();
      receiver.answer = answerBut(503);
      await server.newApplication(owner);
      await until(
        () => read(id),
        ({ consecutiveFailures }) => consecutiveFailures > 0,
      );
      await advance(DAY_SECONDS);
      const paused = await until(
        () => read(id),
        ({ pausedAt }) => pausedAt !== null,
      );
      expect(paused).toMatchObject({ enabled: true, pauseReason: 'failing' });
      await server.newApplication(owner);
      const parked = await until(
        () => deliveriesOf(id, '?status=parked'),
        (items) => items.length === 2,
      );
      expect(parked.map(({ nextAttemptAt }: WebhookDelivery) => nextAttemptAt)).toEqual([null, null]);
      const [told] = await receiver.at(watching);
      await mailsSent(server);
      const pauses = mailsTo(server, owner).filter(({ text }) => text.includes('webhook.paused'));
      expect(pauses.map(({ text }) => text)).toEqual([expect.stringContaining(id)]);
      expect(told?.body.data).toMatchObject({ id, reason: 'failing' });
      const before = receiver.events.filter((event) => event.path === path).length;
      receiver.answer = answerBut(204);
      expect((await call('PATCH', `/${id}`, { enabled: true })).body).toMatchObject({
        pausedAt: null,
        pauseReason: null,
      });
      await until(
        () => deliveriesOf(id, '?status=delivered'),
        (items) => items.length === 2,
      );
      expect(receiver.events.filter((event) => event.path === path)).toHaveLength(before + 2);
    });

    it('are parked at once when the receiver answers 410', async () => {
      const { id } = await newEndpoint(['application.created']);
      receiver.answer = (response) => void response.writeHead(410).end();
      await server.newApplication(owner);
      const paused = await until(
        () => read(id),
        ({ pausedAt }) => pausedAt !== null,
      );
      expect(paused.pauseReason).toBe('gone');
      expect(await deliveriesOf(id)).toMatchObject([{ status: 'parked', attempts: 1, lastStatusCode: 410 }]);
    });

    it('are given up alone when no other fails for a day', async () => {
      const { id } = await newEndpoint(['application.*']);
      receiver.answer = (response, { type }) =>
        void response.writeHead(type === 'application.created' ? 422 : 204).end();
      const application = await server.newApplication(owner);
      const statusOf = async (type: string) =>
        (await deliveriesOf(id)).find((one: { type: string }) => one.type === type) ?? {};
      for (let attempt = 1; attempt <= 11; attempt += 1) {
        await until(
          () => statusOf('application.created'),
          ({ attempts }) => attempts === attempt,
        );
        await rename(application);
        await until(
          () => read(id),
          ({ consecutiveFailures }) => consecutiveFailures === 0,
        );
        if (attempt < 11) await advance(33_000);
      }
      expect(await statusOf('application.created')).toMatchObject({ status: 'failed', lastStatusCode: 422 });
      expect(await read(id)).toMatchObject({ pausedAt: null });
    });

    it('are neither created nor sent while the endpoint is disabled', async () => {
      const { id, path } = await newEndpoint(['application.created']);
      await call('PATCH', `/${id}`, { enabled: false });
      await server.newApplication(owner);
      await server.sealed();
      await call('PATCH', `/${id}`, { enabled: true });
      const application = await server.newApplication(owner);
      const [first] = await receiver.at(path);
      expect(first?.body.data.id).toBe(application);
      expect(await deliveriesOf(id)).toHaveLength(1);
    });

    it('of a deleted endpoint are deleted with it', async () => {
      const { id } = await newEndpoint(['application.created']);
      receiver.answer = (response) => void response.writeHead(500).end();
      await server.newApplication(owner);
      await until(
        () => deliveriesOf(id),
        (items) => items[0]?.attempts === 1,
      );
      await call('DELETE', `/${id}`);
      expect(await server.dataSource.getRepository(WebhookDelivery).countBy({ endpointId: id })).toBe(0);
    });

    it('wait while the merchant is blocked, and are sent once it is unblocked', async () => {
      const { path, id } = await newEndpoint(['application.created', 'api_key.updated']);
      const key = await server.newFullKey(owner, await server.newApplication(owner));
      const waiting = () => server.dataSource.getRepository(WebhookDelivery).findBy({ endpointId: id, attempts: 0 });
      await receiver.at(path);
      await until(waiting, (items) => items.length === 0);
      const support = (url: string, json: object) => server.call('PATCH', url, { token: server.admin.token, json });
      const setStatus = (status: string) => support(`/api/v1/merchants/${owner.merchantId}`, { status });
      expect((await setStatus('blocked')).status).toBe(200);
      expect((await support(`/api/v1/api-keys/${key.id}`, { description: 'By support' })).status).toBe(200);
      await server.sealed();
      expect(await waiting()).toMatchObject([{ eventType: 'api_key.updated', status: 'pending' }]);
      // What happens to others later is sent, so it wasn't overlooked.
      await advance(DAY_SECONDS);
      const other = await server.newMerchant();
      const url = `${receiver.url}/${randomUUID()}`;
      await call('POST', '', { url, events: ['*'] }, other);
      await server.newApplication(other);
      await receiver.at(new URL(url).pathname);
      expect(await waiting()).toHaveLength(1);
      expect((await setStatus('active')).status).toBe(200);
      const told = await receiver.at(path, 2);
      expect(told.map(({ type }) => type)).toEqual(['application.created', 'api_key.updated']);
    });

    it('of an endpoint whose deletion was interrupted are deleted by the next housekeeping', async () => {
      const [{ id }, { id: other }] = [
        await newEndpoint(['application.created']),
        await newEndpoint(['application.*']),
      ];
      receiver.answer = (response) => void response.writeHead(500).end();
      await server.newApplication(owner);
      await until(
        () => deliveriesOf(other),
        (items) => items.length === 1,
      );
      await server.dataSource.getRepository(WebhookEndpoint).delete({ id });
      await server.keepHouse('webhook_deliveries');
      const deliveries = server.dataSource.getRepository(WebhookDelivery);
      expect([await deliveries.countBy({ endpointId: id }), await deliveries.countBy({ endpointId: other })]).toEqual([
        0, 1,
      ]);
    });
  });

  describe('endpoints of a deleted application', () => {
    const endpoints = () => server.dataSource.getRepository(WebhookEndpoint);
    const records = async (id: string) =>
      (await server.call('GET', `/api/v1/audit-events?targetId=${id}&action=webhook.deleted`, { token: owner.token }))
        .body.items;

    it('are deleted a day after their last delivery, audited, and no others', async () => {
      const [application, kept] = [await server.newApplication(owner), await server.newApplication(owner)];
      const { id, path } = await newEndpoint(['*'], { applicationId: application });
      const { id: silent } = await newEndpoint(['member.*'], { applicationId: application });
      const others = [await newEndpoint(['*'], { applicationId: kept }), await newEndpoint(['*'])];
      await server.call('DELETE', `/api/v1/applications/${application}`, { token: owner.token });
      await server.keepHouse('webhook_endpoints');
      expect(await endpoints().countBy({ id: silent })).toBe(0);
      const [event] = await receiver.at(path);
      expect(event?.body.type).toBe('application.deleted');
      await until(
        () => deliveriesOf(id, '?status=pending'),
        (items) => items.length === 0,
      );
      await server.keepHouse('webhook_endpoints');
      expect((await read(id)).id).toBe(id);
      await advance(DAY_SECONDS + 1);
      expect(await server.keepHouse('webhook_endpoints', 'dryRun')).toMatchObject({
        counts: { deleted: 1 },
        examples: { deleted: [id] },
      });
      expect((await read(id)).id).toBe(id);
      expect(await server.keepHouse('webhook_endpoints')).toMatchObject({ counts: { deleted: 1 } });
      expect((await call('GET', `/${id}`)).status).toBe(404);
      for (const other of others) expect((await read(other.id)).id).toBe(other.id);
      expect(await records(id)).toMatchObject([
        {
          actor: { kind: 'system' },
          details: { reason: 'application_deleted', applicationId: application, host: new URL(receiver.url).host },
        },
      ]);
      await server.keepHouse('webhook_deliveries');
      expect(await server.dataSource.getRepository(WebhookDelivery).countBy({ endpointId: id })).toBe(0);
    });

    it('remain as long as a delivery is due or was just parked', async () => {
      const applications = [await server.newApplication(owner), await server.newApplication(owner)];
      const [failing, gone] = [
        await newEndpoint(['*'], { applicationId: applications[0] }),
        await newEndpoint(['*'], { applicationId: applications[1] }),
      ];
      receiver.answer = (response, event) => void response.writeHead(event.path === gone.path ? 410 : 500).end();
      for (const application of applications)
        await server.call('DELETE', `/api/v1/applications/${application}`, { token: owner.token });
      await until(
        () => Promise.all([deliveriesOf(failing.id, '?status=pending'), deliveriesOf(gone.id, '?status=parked')]),
        ([pending, parked]) => pending[0]?.attempts === 1 && parked.length === 1,
      );
      const left = async () => {
        await server.keepHouse('webhook_endpoints');
        return (await endpoints().findBy({ merchantId: owner.merchantId })).map(({ id }) => id).sort();
      };
      expect(await left()).toEqual([failing.id, gone.id].sort());
      await server.dataSource
        .getRepository(WebhookDelivery)
        .update({ endpointId: failing.id }, { nextAttemptAt: new Date('2999-01-01') });
      server.clock.advance(DAY_SECONDS + 1);
      expect(await left()).toEqual([failing.id]);
    });
  });

  describe('receivers', () => {
    it('that hang delay neither others nor the stop of the server', async () => {
      const slow = await newEndpoint(['application.created']);
      const quick = await newEndpoint(['application.created']);
      receiver.answer = (response, { path }) => {
        if (path === quick.path) response.writeHead(204).end();
      };
      for (let n = 0; n < 30; n += 1) await server.newApplication(owner);
      await receiver.at(quick.path, 30);
      const [one] = await until(
        () => deliveriesOf(slow.id),
        (items) => items.some(({ attempts }: WebhookDelivery) => attempts > 0),
      );
      expect(one.status).toBe('pending');
      const tried = (await deliveriesOf(slow.id)).filter(({ attempts }: WebhookDelivery) => attempts > 0);
      expect(tried[0].lastError).toBe(`No response within ${TIMEOUT_MS} ms`);
    });

    it('that hang, however many a merchant has, delay no other merchant', async () => {
      const noisy = owner;
      await Promise.all(Array.from({ length: 60 }, () => newEndpoint(['application.created'])));
      owner = await server.newMerchant();
      const { path } = await newEndpoint(['application.created']);
      const hanging: ServerResponse[] = [];
      receiver.answer = (response, event) => {
        if (event.path === path) response.writeHead(204).end();
        else hanging.push(response);
      };
      await Promise.all(Array.from({ length: 40 }, () => server.newApplication(noisy)));
      await server.sealed();
      await server.newApplication(owner);
      await receiver.at(path);
      const untried = { merchantId: noisy.merchantId, attempts: 0 };
      expect(await server.dataSource.getRepository(WebhookDelivery).countBy(untried)).toBeGreaterThan(600);
      await server.dataSource.getRepository(WebhookEndpoint).delete({ merchantId: noisy.merchantId });
      // They hold the connections to the receiver, which the next tests need.
      receiver.answer = (response) => void response.writeHead(204).end();
      for (const response of hanging) response.writeHead(204).end();
    });

    it('that redirect are not followed', async () => {
      const { id, path } = await newEndpoint(['application.created']);
      receiver.answer = (response) => void response.writeHead(307, { location: `${receiver.url}/trap` }).end();
      const { body } = await call('POST', `/${id}/test`);
      expect(body).toMatchObject({ status: 'failed', lastStatusCode: 307, lastError: 'Redirects are not followed' });
      expect((await receiver.at(path)).length).toBe(1);
      expect(receiver.events.filter((event) => event.path === '/trap')).toEqual([]);
    });

    it('that answer 100 MB are read for a few kilobytes', async () => {
      const { id, path } = await newEndpoint(['application.created']);
      let written = 0;
      receiver.answer = (response, event) => {
        if (event.path !== path) return void response.writeHead(204).end();
        response.writeHead(200);
        const chunk = Buffer.alloc(1 << 20, 'x');
        const write = (): void => {
          while (written < 100 && !response.destroyed) {
            written += 1;
            if (!response.write(chunk)) return void response.once('drain', write);
          }
          response.end();
        };
        write();
      };
      const { body } = await call('POST', `/${id}/test`);
      expect(body).toMatchObject({ status: 'delivered', lastStatusCode: 200, lastAnswer: 'x'.repeat(500) });
      expect(written).toBeLessThan(50);
    });

    it('that answer with a huge head, or without HTTP, are refused', async () => {
      const { id } = await newEndpoint(['application.created']);
      receiver.answer = (response) => void response.writeHead(200, { 'x-long': 'x'.repeat(40_000) }).end();
      const { body } = await call('POST', `/${id}/test`);
      expect(body).toMatchObject({ status: 'failed', lastStatusCode: null, lastError: expect.stringMatching(/head/i) });
      receiver.answer = (response) => void response.socket?.end('Good day!\r\n\r\n');
      expect((await call('POST', `/${id}/test`)).body).toMatchObject({ status: 'failed', lastStatusCode: null });
    });
  });

  describe('on request', () => {
    it('an endpoint is tested at once, even a disabled one', async () => {
      const { id, path, secret } = await newEndpoint(['quota.threshold']);
      await call('PATCH', `/${id}`, { enabled: false });
      const { status, body } = await call('POST', `/${id}/test`);
      expect([status, body.status, body.type, body.lastStatusCode]).toEqual([200, 'delivered', 'webhook.test', 204]);
      const [event] = await receiver.at(path);
      expect(event?.body).toEqual({ ...body.payload, type: 'webhook.test' });
      expect(event && isSignedWith(secret, event)).toBe(true);
      expect(await deliveriesOf(id)).toEqual([body]);
      const query = `targetId=${id}&action=webhook.tested`;
      const auditTrail = await server.call('GET', `/api/v1/audit-events?${query}`, { token: owner.token });
      expect(auditTrail.body.items).toMatchObject([{ details: { deliveryId: body.id, type: 'webhook.test' } }]);
    });

    it('a delivery is repeated under the same id', async () => {
      const { id, path } = await newEndpoint(['application.created']);
      await server.newApplication(owner);
      const [delivery] = await until(
        () => deliveriesOf(id),
        (items) => items[0]?.status === 'delivered',
      );
      const again = `/${id}/deliveries/${delivery.id}/redeliver`;
      expect((await call('POST', again)).body).toMatchObject({ id: delivery.id, status: 'delivered', attempts: 2 });
      const ids = (await receiver.at(path, 2)).map(({ headers }) => headers['webhook-id']);
      expect(ids).toEqual([delivery.id, delivery.id]);
      receiver.answer = (response) => void response.writeHead(500).end();
      const failed = await call('POST', again);
      expect([failed.status, failed.body.status, failed.body.lastStatusCode]).toEqual([200, 'delivered', 500]);
      expect((await call('POST', `/${id}/deliveries/msg_nothing/redeliver`)).status).toBe(404);
      const { id: another } = await newEndpoint();
      expect((await call('POST', `/${another}/deliveries/${delivery.id}/redeliver`)).status).toBe(404);
      const query = `targetId=${id}&action=webhook.redelivered`;
      const { items } = (await server.call('GET', `/api/v1/audit-events?${query}`, { token: owner.token })).body;
      expect(items).toHaveLength(2);
      expect(items[0]).toMatchObject({
        actor: { accountId: owner.accountId },
        details: { deliveryId: delivery.id, type: 'application.created' },
      });
    });

    it('a delivery in progress is reported as such', async () => {
      const { id } = await newEndpoint(['application.created']);
      receiver.answer = () => undefined;
      await server.newApplication(owner);
      const [delivery] = await until(
        () => deliveriesOf(id),
        (items) => items.length === 1,
      );
      const again = `/${id}/deliveries/${delivery.id}/redeliver`;
      const statuses = (await Promise.all([call('POST', again), call('POST', again)])).map(({ status }) => status);
      expect(statuses).toContain(409);
    });

    it('no host gets more than a few requests, however many endpoints lead to it', async () => {
      await newEndpoint(['application.created']);
      const [one, other] = [await newEndpoint(['application.created']), await newEndpoint(['application.created'])];
      await server.newApplication(owner);
      const [delivery] = await until(
        () => deliveriesOf(one.id),
        (items) => items[0]?.status === 'delivered',
      );
      await until(
        () => deliveriesOf(other.id),
        (items) => items[0]?.status === 'delivered',
      );
      const sent = (): number => receiver.events.filter(({ path }) => [one.path, other.path].includes(path)).length;
      const before = sent();
      const answers = [];
      for (let attempt = 0; attempt < 12; attempt += 1)
        answers.push(await call('POST', `/${attempt % 2 === 0 ? one.id : other.id}/test`));
      expect(answers.map(({ status }) => status)).toEqual([...Array<number>(10).fill(200), 429, 429]);
      for (let attempt = 0; attempt < 32; attempt += 1)
        answers.push(await call('POST', `/${one.id}/deliveries/${delivery.id}/redeliver`));
      expect(answers.slice(12).map(({ status }) => status)).toEqual([...Array<number>(30).fill(200), 429, 429]);
      expect(sent() - before).toBe(40);
      const { headers } = answers.at(-1) ?? {};
      expect(headers?.['x-error-code']).toBe('request.rate_limited');
      expect(Number(headers?.['retry-after'])).toBeGreaterThanOrEqual(1);
    });

    it('the secret is rotated, and both sign during the overlap', async () => {
      const { id, path, secret } = await newEndpoint();
      const { body } = await call('POST', `/${id}/rotate-secret`, { overlapSeconds: 60 });
      expect(body.secret).not.toBe(secret);
      expect(Date.parse(body.previousSecretValidUntil) - server.clock.nowMs()).toBeLessThanOrEqual(60_000);
      const isSigned = async () => {
        await call('POST', `/${id}/test`);
        const [event] = (await receiver.at(path)).slice(-1);
        if (!event) throw new Error('Nothing has come.');
        return [secret, body.secret as string].map((one) => isSignedWith(one, event));
      };
      expect(await isSigned()).toEqual([true, true]);
      server.clock.advance(61);
      expect(await isSigned()).toEqual([false, true]);
    });
  });
});
