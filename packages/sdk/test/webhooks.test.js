/** Guarantees: a delivery of the server is accepted, and nothing else. */
import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { Keywright, verifyWebhook } from '@keywright/sdk';
import { logIn, startServer } from './support/server.js';

const SECRET = `whsec_${randomBytes(32).toString('base64')}`;
const OTHER = `whsec_${randomBytes(32).toString('base64')}`;
const body = JSON.stringify({ type: 'webhook.test', data: { text: 'Grüße' } });

function sign(secret, { id = 'msg_1', seconds = Math.floor(Date.now() / 1000), text = body } = {}) {
  const key = Buffer.from(secret.slice(6), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${seconds}.${text}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': String(seconds), 'webhook-signature': `v1,${signature}` };
}

const refused = (input, code) => assert.rejects(verifyWebhook(input), { name: 'KeywrightError', code });

describe('verifyWebhook', () => {
  it('returns the event of a body that is signed', async () => {
    const headers = sign(SECRET);
    for (const form of [headers, new Headers(headers), { 'Webhook-Id': ['msg_1'], ...headers }])
      assert.equal((await verifyWebhook({ body, headers: form, secret: SECRET })).type, 'webhook.test');
    assert.equal((await verifyWebhook({ body: Buffer.from(body), headers, secret: SECRET })).data.text, 'Grüße');
  });

  it('accepts any of several secrets, and any of several signatures', async () => {
    const headers = sign(SECRET);
    await verifyWebhook({ body, headers, secret: [OTHER, SECRET] });
    const both = `${sign(OTHER)['webhook-signature']} v1a,x ${headers['webhook-signature']}`;
    await verifyWebhook({ body, headers: { ...headers, 'webhook-signature': both }, secret: SECRET });
    await refused({ body, headers, secret: [OTHER] }, 'webhook.signature_invalid');
    await refused({ body, headers, secret: [] }, 'webhook.signature_invalid');
  });

  it('refuses what was changed on the way', async () => {
    const headers = sign(SECRET);
    const changes = [
      { body: `${body} ` },
      { headers: { ...headers, 'webhook-id': 'msg_2' } },
      { headers: { ...headers, 'webhook-timestamp': String(Number(headers['webhook-timestamp']) + 1) } },
      { headers: { ...headers, 'webhook-signature': headers['webhook-signature'].replace('v1,', 'v2,') } },
      { headers: { ...headers, 'webhook-signature': 'v1,' } },
      { headers: { ...headers, 'webhook-signature': 'v1,***' } },
    ];
    for (const change of changes)
      await refused({ body, headers, secret: SECRET, ...change }, 'webhook.signature_invalid');
  });

  it('refuses what is older or newer than the tolerance', async () => {
    const now = Math.floor(Date.now() / 1000);
    for (const seconds of [now - 400, now + 400]) {
      const headers = sign(SECRET, { seconds });
      await refused({ body, headers, secret: SECRET }, 'webhook.timestamp_invalid');
      await verifyWebhook({ body, headers, secret: SECRET, toleranceSeconds: 500 });
    }
    await refused(
      { body, headers: { ...sign(SECRET), 'webhook-timestamp': 'soon' }, secret: SECRET },
      'webhook.timestamp_invalid',
    );
  });

  it('refuses what is not well formed', async () => {
    const headers = sign(SECRET);
    for (const name of Object.keys(headers))
      await refused({ body, headers: { ...headers, [name]: undefined }, secret: SECRET }, 'webhook.malformed');
    for (const secret of ['', 'whsec_', 'whsec_***']) await refused({ body, headers, secret }, 'webhook.malformed');
    await refused({ body: 'no', headers: sign(SECRET, { text: 'no' }), secret: SECRET }, 'webhook.malformed');
  });
});

describe('a delivery of the server', () => {
  let server, receiver, deliveries;
  before(async () => {
    server = await startServer({ WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8' });
    deliveries = [];
    receiver = createServer(async (request, response) => {
      const chunks = await request.toArray();
      deliveries.push({ body: Buffer.concat(chunks), headers: request.headers });
      response.writeHead(204).end();
    }).listen(0, '127.0.0.1');
    await once(receiver, 'listening');
  });
  after(async () => {
    receiver.closeAllConnections();
    receiver.close();
    await server.stop();
  });

  it('is verified with its secret, and during a rotation with either', async () => {
    const keywright = new Keywright({ url: server.url, token: await logIn(server) });
    const { id, secret } = await keywright.webhooks.create({
      url: `http://127.0.0.1:${receiver.address().port}/`,
      events: ['*'],
    });
    await keywright.webhooks.test(id);
    const rotated = await keywright.webhooks.rotateSecret(id, { overlapSeconds: 60 });
    await keywright.webhooks.test(id);
    const [first, second] = deliveries;
    assert.equal((await verifyWebhook({ ...first, secret })).type, 'webhook.test');
    await refused({ ...first, secret: rotated.secret }, 'webhook.signature_invalid');
    for (const one of [secret, rotated.secret])
      assert.equal((await verifyWebhook({ ...second, secret: one })).type, 'webhook.test');
  });
});
