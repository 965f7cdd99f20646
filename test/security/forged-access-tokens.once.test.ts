/** Guarantee: an OAuth access token that this server did not issue, for this purpose, is refused everywhere. */

import { createHmac, createPublicKey, generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import { SignJWT, type CryptoKey } from 'jose';
import { SigningKeys } from '../../src/oauth/signing-keys.js';
import { OAuth, partOf } from '../support/oauth.js';
import { TestServer, type User } from '../support/server.js';

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('forged access tokens', () => {
  let server: TestServer;
  let oauth: OAuth;
  let user: User;
  let asker: string;
  let token: string;
  let signer: { kid: string; privateKey: CryptoKey };
  beforeAll(async () => {
    server = await TestServer.start({ PUBLIC_URL: 'https://keys.example' });
    oauth = new OAuth(server);
    user = await server.newMerchant();
    asker = (await server.newPersonalKey(user)).basic;
    token = await oauth.open(asker, { scope: 'payments:read' });
    signer = server.app.get(SigningKeys, { strict: false }).current();
  });
  afterAll(() => server.stop());

  /** A token by the server's own key, with some claims or parts of the header changed. */
  const sign = (claims: object = {}, header: object = {}, key: Parameters<SignJWT['sign']>[0] = signer.privateKey) =>
    new SignJWT({ ...partOf(token, 1), ...claims })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: signer.kid, ...header })
      .sign(key);
  const hmac = (secret: string, header: object): string => {
    const signed = `${encode({ alg: 'HS256', typ: 'at+jwt', kid: signer.kid, ...header })}.${token.split('.')[1]}`;
    return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
  };
  const publicKey = async (format: 'pem' | 'jwk') => {
    const { body } = await server.call('GET', '/.well-known/jwks.json');
    const jwk = body.keys[0] as JsonWebKey;
    if (format === 'jwk') return JSON.stringify(jwk);
    return createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' }).toString();
  };
  const statuses = async (text: string) => {
    const { body } = await server.call('POST', '/api/v1/keys/verify', { basic: asker, json: { key: text } });
    return [(await oauth.check(text)).status, body.outcome, (await oauth.introspect(asker, text)).body.active];
  };

  it('below fail for their defect alone: re-signed unchanged, a token is valid', async () => {
    expect(await statuses(await sign())).toEqual([204, 'VALID', true]);
    expect(
      await statuses(await sign({ jti: '0f8b6c7e-0d7a-4c0e-a9a3-3a8f0a6d4f5b' }, { typ: 'application/at+jwt' })),
    ).toEqual([204, 'VALID', true]);
  });

  it.each<[string, () => string | Promise<string>]>([
    [
      'other claims under the same signature',
      () => token.replace(/\.[^.]+\./, `.${encode({ ...partOf(token, 1), scope: 'a' })}.`),
    ],
    ['a bit of the signature turned', () => token.replace(/.(?=.$)/, (character) => (character === 'A' ? 'B' : 'A'))],
    ['no signature', () => token.replace(/[^.]+$/, '')],
    ['alg none', () => `${encode({ alg: 'none', typ: 'at+jwt', kid: signer.kid })}.${token.split('.')[1]}.`],
    ['alg none and the signature kept', () => token.replace(/^[^.]+/, encode({ alg: 'none', typ: 'at+jwt' }))],
    ['HS256 by the public key as PEM', async () => hmac(await publicKey('pem'), {})],
    ['HS256 by the public key as JWK', async () => hmac(await publicKey('jwk'), {})],
    ['the key of somebody else', () => sign({}, {}, generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey)],
    [
      'a key that it brings along',
      () => {
        const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
        return sign({}, { jwk: pair.publicKey.export({ format: 'jwk' }), kid: undefined }, pair.privateKey);
      },
    ],
    ['an unknown kid', () => sign({}, { kid: 'unknown' })],
    ['no kid', () => sign({}, { kid: undefined })],
    ['another type', () => sign({}, { typ: 'JWT' })],
    ['no type', () => sign({}, { typ: undefined })],
    ['another issuer', () => sign({ iss: 'https://elsewhere.example' })],
    ['no issuer', () => sign({ iss: undefined })],
    ['another audience', () => sign({ aud: server.admin.merchantId })],
    ['several audiences', () => sign({ aud: [user.merchantId, server.admin.merchantId] })],
    ['no audience', () => sign({ aud: undefined })],
    ['an end that is past', () => sign({ exp: Math.floor(Date.now() / 1000) - 1 })],
    ['no end', () => sign({ exp: undefined })],
    ['an end that is a text', () => sign({ exp: '9999999999' })],
    ['another key than its client id says', () => sign({ sub: user.uuid })],
    ['the client id of nobody', () => sign({ client_id: user.uuid })],
    ['no client id', () => sign({ client_id: undefined })],
    ['no id', () => sign({ jti: undefined })],
    ['no level', () => sign({ level: undefined })],
    ['a higher level', () => sign({ level: 8 })],
  ])('are refused: %s', async (_, text) => {
    expect(await statuses(await text())).toEqual([401, 'NOT_FOUND', false]);
  });
});
