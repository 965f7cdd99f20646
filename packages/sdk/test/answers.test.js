/** Guarantees: lists are followed to their end, lines are streamed both ways, versions are kept, errors have one shape on every surface. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Keywright, KeywrightError } from '@keywright/sdk';
import { FaultProxy } from './support/fault-proxy.js';
import { logIn, startServer } from './support/server.js';

let server, proxy, keywright, token;
before(async () => {
  server = await startServer({ MAX_KEYS_PER_MERCHANT: '100000' });
  proxy = await FaultProxy.before(server.url);
  token = await logIn(server);
  keywright = new Keywright({ url: proxy.url, token });
});
after(async () => {
  await proxy.stop();
  await server.stop();
});

const rejection = async (promise) => {
  try {
    await promise;
  } catch (error) {
    assert.ok(error instanceof KeywrightError, error);
    return error;
  }
  return assert.fail('The call was not rejected.');
};

const hash = async (text) =>
  Buffer.from(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))).toString('hex');

const collect = async (values) => {
  const all = [];
  for await (const value of values) all.push(value);
  return all;
};

describe('lines', () => {
  const COUNT = 1_000;
  async function* lines() {
    yield { format: { prefix: 'acme_live_' } };
    for (let index = 0; index < COUNT; index++)
      yield { hash: await hash(`acme_live_${index}`), algorithm: 'sha256', description: `Imported ${index}` };
  }

  it('are imported from whatever can be iterated', async () => {
    const preview = await keywright.imports.createFromLines(await collect(lines()), { dryRun: true });
    assert.equal(preview.imported, COUNT);
    const report = await keywright.imports.createFromLines(lines());
    assert.equal(report.imported, COUNT);
  });

  it('that the caller cannot give end the import with the caller’s own error', async () => {
    const reason = new Error('The file ends here.');
    async function* broken() {
      yield { format: { prefix: 'acme_live_' } };
      throw reason;
    }
    await assert.rejects(keywright.imports.createFromLines(broken()), reason);
  });

  it('are exported as they come, and end when the caller has enough', async () => {
    const all = await collect(keywright.keys.export());
    assert.equal(all.length, COUNT);
    assert.ok(all.every(({ id }) => /^[\da-f-]{36}$/.test(id)));
    for await (const { id } of keywright.keys.export()) {
      assert.ok(id);
      break;
    }
  });

  it('that end early are an error, not a short list', async () => {
    proxy.disturb('cut');
    assert.equal((await rejection(collect(keywright.keys.export()))).code, 'client.connection_failed');
  });

  it('are not waited for by the timer while the caller is busy', async () => {
    let count = 0;
    for await (const { id } of keywright.keys.export({ timeoutMs: 200 }))
      if (id && count++ === 0) await new Promise((resolve) => setTimeout(resolve, 400));
    assert.equal(count, COUNT);
  });
});

describe('a list', () => {
  it('is one page when it is awaited, and everything when it is iterated over', async () => {
    const page = await keywright.keys.list({ limit: 10 });
    assert.deepEqual([page.items.length, page.page, page.totalItems], [10, 1, 1_000]);
    proxy.disturb();
    const list = keywright.keys.list({ limit: 10 });
    assert.equal(await list, await list);
    assert.equal(proxy.requests.length, 1);
    proxy.disturb();
    const ids = (await collect(keywright.keys.list({ limit: 100 }))).map(({ id }) => id);
    assert.equal(new Set(ids).size, 1_000);
    assert.ok(proxy.requests.length >= 10);
    assert.ok(proxy.requests.every(({ path }) => path.includes('cursor=')));
  });

  it('is one part with a cursor, which goes on where the part ends', async () => {
    const part = await keywright.keys.list({ limit: 10, cursor: '' });
    const next = await keywright.keys.list({ limit: 10, cursor: part.nextCursor });
    assert.equal(new Set([...part.items, ...next.items].map(({ id }) => id)).size, 20);
  });

  it('fetches no more than is looked at', async () => {
    proxy.disturb();
    for await (const { id } of keywright.keys.list({ limit: 10 })) if (id) break;
    assert.equal(proxy.requests.length, 1);
  });

  it('goes on by pages where there are no cursors, on the clients surface, too', async () => {
    for (let index = 0; index < 5; index++) await keywright.applications.create({ name: `App ${index}` });
    assert.equal((await collect(keywright.applications.list({ limit: 2 }))).length, 5);
    const { SERVICE_ID: service_id } = await keywright.clientKeys.generateServiceId();
    for (let index = 0; index < 3; index++) await keywright.clientKeys.generate({ service_id });
    assert.equal((await collect(keywright.clientKeys.list({ limit: 2 }))).length, 3);
    assert.equal((await keywright.clientKeys.list({ limit: 2 })).length, 2);
  });
});

describe('a version', () => {
  it('is the last one that the client has seen, so that no change of another is lost', async () => {
    const { id } = await keywright.keys.create({ description: 'Mine' });
    await keywright.keys.update(id, { description: 'First' });
    await keywright.keys.update(id, { description: 'Second' });
    const other = new Keywright({ url: server.url, token });
    await other.keys.update(id, { description: 'Of another' });
    const error = await rejection(keywright.keys.update(id, { description: 'Third' }));
    assert.deepEqual([error.status, error.code], [412, 'precondition.failed']);
    await keywright.keys.read(id);
    assert.equal((await keywright.keys.update(id, { description: 'Third' })).description, 'Third');
    await other.keys.rotate(id, undefined, { ifMatch: '*' });
    assert.equal((await rejection(keywright.keys.delete(id))).code, 'precondition.failed');
    await keywright.keys.delete(id, { ifMatch: '*' });
  });
});

describe('a version of an application’s key', () => {
  it('is known from its creation on, by either path', async () => {
    const application = await keywright.applications.create({ name: 'Versions' });
    const { id } = await keywright.applicationKeys.create(application.id, { description: 'Mine' });
    await new Keywright({ url: server.url, token }).keys.update(id, { description: 'Of another' });
    const changes = [
      keywright.keys.update(id, { description: 'Mine' }),
      keywright.applicationKeys.update(application.id, id, { description: 'Mine' }),
    ];
    for (const change of changes) assert.equal((await rejection(change)).code, 'precondition.failed');
  });
});

describe('an error', () => {
  it('has its code, status, details and request id on the merchants surface', async () => {
    const error = await rejection(keywright.keys.create({ description: '', level: 99 }));
    assert.deepEqual([error.code, error.status, error.name], ['request.invalid', 400, 'KeywrightError']);
    assert.deepEqual(error.details.map(({ field }) => field).sort(), ['description', 'level']);
    assert.match(error.requestId, /./);
    assert.match(error.message, /invalid/);
  });

  it('has them on the clients, accounts and OAuth surfaces', async () => {
    const visitor = new Keywright({ url: server.url, token: 'none' });
    const client = await rejection(visitor.clientKeys.list());
    const account = await rejection(visitor.account.read());
    const oauth = await rejection(
      new Keywright({ url: server.url, key: 'no:key' }).oauth.createAccessToken({ grant_type: 'client_credentials' }),
    );
    for (const error of [client, account, oauth]) {
      assert.deepEqual([error.code, error.status], ['credential.invalid', 401]);
      assert.ok(error.requestId !== undefined && error.message.length > 3, error.message);
    }
  });

  it('tells of a server that is not Keywright', async () => {
    proxy.disturb(
      { status: 200, body: '<html>' },
      { status: 404, body: '<html>' },
      { status: 301, headers: { Location: 'https://elsewhere.example' } },
    );
    for (const status of [200, 404, 301]) {
      const error = await rejection(keywright.keys.read('x'));
      assert.deepEqual([error.code, error.status], ['client.unexpected_answer', status]);
    }
  });

  it('tells before anything is sent that a credential does not suit, and never shows it', async () => {
    proxy.disturb();
    const error = await rejection(new Keywright({ url: proxy.url, key: 'ks_live_secret' }).keys.list());
    assert.equal(error.code, 'client.credential_unsuitable');
    assert.equal(proxy.requests.length, 0);
    assert.doesNotMatch(error.stack, /ks_live_secret/);
  });

  it('is a TypeError for what can be nobody’s', async () => {
    assert.throws(() => new Keywright({ url: 'keys.example.com', token }), TypeError);
    assert.throws(() => new Keywright({ url: 'ftp://keys.example.com', token }), TypeError);
    await assert.rejects(keywright.keys.read(undefined), TypeError);
    for (const id of ['', '.', '..']) await assert.rejects(keywright.keys.delete(id), TypeError);
    assert.equal((await rejection(keywright.keys.read('../x?y#z'))).code, 'api_key.not_found');
  });
});
