/** Guarantees for GitHub's secret scanning: signed messages are processed once, others are refused, and no answer reveals which keys exist. */

import { createSign, generateKeyPairSync } from 'node:crypto';
import { expectEnvelope } from '../../support/envelope.js';
import { exposureEvents, forgedKey, sourceOf } from '../../support/exposures.js';
import { mailsSent, mailsTo } from '../../support/mails.js';
import { TestServer, type User } from '../../support/server.js';

const PATH = '/api/v1/exposures/github';
const URL_OF_MATCH = 'https://github.com/octocat/Hello-World/blob/12345600b9cbe38a219f39a9941c9319b600c002/foo/bar.txt';

/** The example of docs.github.com, "Secret scanning partner program": a message, who signed it, and the key to that. */
const DOCUMENTED = {
  body: '[{"token":"some_token","type":"some_type","url":"some_url","source":"some_source"}]',
  keyName: 'f9525bf080f75b3506ca1ead061add62b8633a346606dc5fe544e29231c6ee0d',
  signature: 'MEUCIFLZzeK++IhS+y276SRk2Pe5LfDrfvTXu6iwKKcFGCrvAiEAhHN2kDOhy2I6eGkOFmxNkOJ+L2y8oQ9A2T9GGJo6WJY=',
  key: [
    '-----BEGIN PUBLIC KEY-----',
    'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEsz9ugWDj5jK5ELBK42ynytbo38gP',
    'HzZFI03Exwz8Lh/tCfL3YxwMdLjB+bMznsanlhK0RwcGP3IDb34kQDIo3Q==',
    '-----END PUBLIC KEY-----',
  ].join('\n'),
};

const curve = { namedCurve: 'P-256' };
const own = generateKeyPairSync('ec', curve);
const foreign = generateKeyPairSync('ec', curve);
const KEYS = {
  public_keys: [
    { key_identifier: 'own', key: own.publicKey.export({ type: 'spki', format: 'pem' }), is_current: true },
    { key_identifier: DOCUMENTED.keyName, key: DOCUMENTED.key, is_current: false },
  ],
};

const sign = (body: string | Buffer, { privateKey } = own): string =>
  createSign('sha256').update(body).sign(privateKey, 'base64');

describe("reports of GitHub's secret scanning", () => {
  let server: TestServer;
  let user: User;
  let application: string;
  let key: { id: string; fullKey: string };
  beforeAll(async () => {
    server = await TestServer.start({ GITHUB_SECRET_SCANNING_KEYS: JSON.stringify(KEYS) });
    user = await server.newMerchant();
    application = await server.newApplication(user);
  });
  beforeEach(async () => (key = await server.newFullKey(user, application)));
  afterAll(() => server.stop());

  const send = (body: string | Buffer, keyName: string, signature: string) =>
    server.call('POST', PATH, {
      body,
      headers: {
        'content-type': 'application/json',
        'github-public-key-identifier': keyName,
        'github-public-key-signature': signature,
      },
    });
  const match = (token: string) => ({ token, type: 'keywright_api_key', url: URL_OF_MATCH, source: 'content' });
  const sendSigned = (body: string | Buffer) => send(body, 'own', sign(body));

  it('accepts a signed message, marks its keys, and records where they were found', async () => {
    const pair = await server.newPair(user);
    const tokens = [key.fullKey, `${pair.apikey}:${pair.apisecret}`, forgedKey()];
    const { status, body } = await sendSigned(JSON.stringify(tokens.map(match), null, 2));
    expect([status, body]).toEqual([202, { received: 3 }]);
    expect([await sourceOf(server, key.id), await sourceOf(server, pair.id)]).toEqual(['github', 'github']);
    const [event] = await exposureEvents(server, key.id);
    expect(event?.details).toMatchObject({ source: 'github', where: URL_OF_MATCH });
    await mailsSent(server);
    expect(mailsTo(server, user).at(-1)?.text).toContain(URL_OF_MATCH);
  });

  it('answers the same for a known key and an unknown one', async () => {
    const answers = [];
    for (const token of [key.fullKey, forgedKey(), 'garbage']) {
      const { status, text, headers } = await sendSigned(JSON.stringify([match(token)]));
      answers.push(JSON.stringify([status, text, { ...headers, date: null, 'x-request-id': null }]));
    }
    expect(new Set(answers).size).toBe(1);
  });

  it("accepts GitHub's own example, byte for byte", async () => {
    const { body, keyName, signature } = DOCUMENTED;
    expect((await send(body, keyName, signature)).status).toBe(202);
    expect((await send(body.replace(',', ', '), keyName, signature)).status).toBe(403);
  });

  it('accepts the same message again without a second effect', async () => {
    const body = JSON.stringify([match(key.fullKey)]);
    const signature = sign(body);
    for (let time = 0; time < 3; time += 1) expect((await send(body, 'own', signature)).status).toBe(202);
    expect(await sourceOf(server, key.id)).toBe('github');
    expect(await exposureEvents(server, key.id)).toHaveLength(1);
  });

  it.each<[string, (body: string) => [string | Buffer, string, string]]>([
    ['signed by another key', (body) => [body, 'own', sign(body, foreign)]],
    ['under the name of another key', (body) => [body, DOCUMENTED.keyName, sign(body)]],
    ['under an unknown name', (body) => [body, 'nobody', sign(body)]],
    ['without a name', (body) => [body, '', sign(body)]],
    ['without a signature', (body) => [body, 'own', '']],
    ['with garbage for a signature', (body) => [body, 'own', '!!!']],
    ['changed by a byte', (body) => [`${body} `, 'own', sign(body)]],
    ['that is no JSON and not signed', () => ['{', 'own', sign('}')]],
    ['that is empty and not signed', () => ['', 'own', '']],
  ])('refuses a message %s, and does nothing', async (_, forge) => {
    const answer = await send(...forge(JSON.stringify([match(key.fullKey)])));
    expect(answer.status).toBe(403);
    expectEnvelope(PATH, answer);
    expect(await sourceOf(server, key.id)).toBeNull();
  });

  it.each([
    ['is no JSON', '['],
    ['is no UTF-8', Buffer.from([0x5b, 0x22, 0xff, 0x22, 0x5d])],
    ['is no list', '{}'],
    ['is an empty list', '[]'],
    ['has a match that is none', '[null]'],
    ['has a token that is no text', '[{"token":7}]'],
    ['is too deep', `${'['.repeat(1000)}${']'.repeat(1000)}`],
  ])('refuses a signed message that %s', async (_, body) => {
    const answer = await sendSigned(body);
    expect(answer.status).toBe(400);
    expectEnvelope(PATH, answer);
  });

  it('accepts any other field of a match', async () => {
    const odd = [{ token: key.fullKey, url: '', source: 7, type: {}, __proto__: 'x' }];
    expect((await sendSigned(JSON.stringify(odd))).status).toBe(202);
    expect(await sourceOf(server, key.id)).toBe('github');
    expect((await sendSigned(JSON.stringify(Array.from({ length: 900 }, () => match('x'))))).status).toBe(202);
  });

  it('refuses every message while no keys are configured', async () => {
    const other = await server.another({ GITHUB_SECRET_SCANNING_KEYS: '' });
    const body = JSON.stringify([match(key.fullKey)]);
    const headers = { 'github-public-key-identifier': 'own', 'github-public-key-signature': sign(body) };
    const { status } = await other.call('POST', PATH, {
      body,
      headers: { ...headers, 'content-type': 'application/json' },
    });
    await other.close();
    expect(status).toBe(403);
  });
});
