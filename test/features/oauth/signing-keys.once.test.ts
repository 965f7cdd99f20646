/** Guarantees of the signing keys: rotated without ending a session, shared by all instances, published ahead, stored encrypted. */

import { SigningKey } from '../../../src/oauth/signing-key.entity.js';
import { SigningKeys } from '../../../src/oauth/signing-keys.js';
import { OAuth, partOf } from '../../support/oauth.js';
import { TestServer } from '../../support/server.js';

const DAY_SECONDS = 86_400;

describe('signing keys', () => {
  let server: TestServer;
  let oauth: OAuth;
  let basic: string;
  beforeEach(async () => {
    server = await TestServer.start({ ACCESS_TOKEN_TTL_SECONDS: '3600', SIGNING_KEY_ROTATION_DAYS: '10' });
    oauth = new OAuth(server);
    const user = await server.newMerchant();
    basic = `${(await server.newFullKey(user, await server.newApplication(user))).fullKey}:`;
  });
  afterEach(() => server.stop());

  const kidOf = (token: string) => partOf(token, 0).kid;
  const kids = async (of = server): Promise<string[]> => {
    const { body } = await of.call('GET', '/.well-known/jwks.json');
    return body.keys.map(({ kid }: { kid: string }) => kid);
  };
  const rotate = (of = server) => of.app.get(SigningKeys, { strict: false }).rotate();
  const status = async (token: string, of = server) => (await new OAuth(of).check(token)).status;
  /** So much time that a running server has looked after its keys. */
  const pass = async (seconds: number): Promise<void> => {
    server.clock.advance(seconds);
    await rotate();
  };

  it('are published without their private half, and may be cached', async () => {
    const { status: answer, headers, body } = await server.call('GET', '/.well-known/jwks.json');
    expect([answer, headers['cache-control']]).toEqual([200, 'public, max-age=3600']);
    const text = expect.stringMatching(/^[\w-]{43}$/);
    expect(body).toEqual({
      keys: [{ kty: 'EC', crv: 'P-256', x: text, y: text, kid: text, use: 'sig', alg: 'ES256' }],
    });
    expect(kidOf(await oauth.open(basic))).toBe(body.keys[0].kid);
    const [row] = await server.dataSource.getRepository(SigningKey).find();
    expect(JSON.stringify(row)).not.toMatch(/"d"/);
  });

  it('are rotated without ending a session: published a day ahead, and until the last token has expired', async () => {
    const [first = ''] = await kids();
    await pass(9 * DAY_SECONDS - 60);
    expect(await kids()).toEqual([first]);
    await pass(61);
    const [, second = ''] = await kids();
    expect(await kids()).toEqual([first, second]);
    expect(kidOf(await oauth.open(basic))).toBe(first);

    await pass(DAY_SECONDS - 10);
    const last = await oauth.open(basic);
    expect(kidOf(last)).toBe(first);
    await pass(20);
    const next = await oauth.open(basic);
    expect(kidOf(next)).toBe(second);
    expect(await kids()).toEqual([first, second]);

    await pass(3500);
    expect([await status(last), await status(next)]).toEqual([204, 204]);
    await pass(200);
    expect([await status(last), await kids()]).toEqual([401, [first, second]]);
    await pass(300);
    expect(await kids()).toEqual([second]);
    expect(await server.dataSource.getRepository(SigningKey).count()).toBe(1);
  });

  it('outlast the longest token that any instance signs', async () => {
    const [first = ''] = await kids();
    const longer = await server.another({ ACCESS_TOKEN_TTL_SECONDS: '7200' });
    try {
      await pass(9 * DAY_SECONDS + 1);
      await pass(DAY_SECONDS - 10);
      await rotate(longer);
      const token = await new OAuth(longer).open(basic);
      expect(kidOf(token)).toBe(first);
      await pass(7100);
      expect(await kids()).toContain(first);
      expect(await status(token)).toBe(204);
    } finally {
      await longer.close();
    }
  });

  it('are the same on all instances, which create the next one once and load unknown ones by themselves', async () => {
    const other = await server.another();
    try {
      expect(await kids(other)).toEqual(await kids());
      const token = await oauth.open(basic);
      expect(await status(token, other)).toBe(204);
      server.clock.advance(9 * DAY_SECONDS + 1);
      await Promise.all([rotate(), rotate(other), rotate(), rotate(other)]);
      expect(await kids()).toHaveLength(2);
      expect(await kids(other)).toEqual(await kids());

      // What only the one has heard of, because the other hasn't looked after its keys since.
      await pass(9 * DAY_SECONDS + DAY_SECONDS);
      await pass(DAY_SECONDS + 1);
      const unheardOf = await oauth.open(basic);
      expect(await kids(other)).not.toContain(kidOf(unheardOf));
      expect(await status(unheardOf, other)).toBe(204);
    } finally {
      await other.close();
    }
  });

  it('let no instance accept a session that was revoked at another, not even one that starts later', async () => {
    const other = await server.another();
    try {
      const token = await oauth.open(basic);
      for (let round = 0; round < 3; round += 1) expect(await status(token, other)).toBe(204);
      expect((await oauth.revoke(basic, token)).status).toBe(200);
      expect(await status(token, other)).toBe(401);
      const late = await server.another();
      expect(await status(token, late)).toBe(401);
      await late.close();
    } finally {
      await other.close();
    }
  });

  it('that can no longer be decrypted still verify tokens, and a new one signs at once', async () => {
    const token = await oauth.open(basic);
    const [first = ''] = await kids();
    const other = await server.another({
      ENCRYPTION_KEYS: 'a key that decrypts nothing from before',
      ACCEPT_NEW_SECRETS: 'true',
    });
    try {
      const next = await new OAuth(other).open(basic);
      expect(kidOf(next)).not.toBe(first);
      expect([await status(token, other), await status(next, other), await status(next)]).toEqual([204, 204, 204]);
    } finally {
      await other.close();
    }
  });
});
