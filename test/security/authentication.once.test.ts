/** Guarantee: no operation of the document answers a credential that is missing, forged, expired, ended, revoked or of another kind. */

import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { expectEnvelope } from '../support/envelope.js';
import type { RequestOptions } from '../support/http.js';
import { OPERATIONS, type Operation } from '../support/operations.js';
import { TestServer } from '../support/server.js';

const JWT_SECRET = randomBytes(24).toString('hex');

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A login token with other claims or another signature. */
function forge(token: string, changes: object = {}, secret: string | null = JWT_SECRET): string {
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as object;
  const signed = `${encode({ alg: secret === null ? 'none' : 'HS256', typ: 'JWT' })}.${encode({ ...claims, ...changes })}`;
  return `${signed}.${secret === null ? '' : createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

/** A credential, and the statuses with which every operation refuses it. */
interface Bad {
  options: RequestOptions;
  statuses: number[];
}

describe('authentication', () => {
  let server: TestServer;
  const bad = new Map<string, Bad>();
  const add = (name: string, options: RequestOptions, ...statuses: number[]) =>
    bad.set(name, { options, statuses: statuses.length > 0 ? statuses : [401] });

  beforeAll(async () => {
    server = await TestServer.start({ JWT_SECRET });
    const { admin } = server;
    const now = Math.floor(Date.now() / 1000);
    add('none', {});
    add('an empty Bearer', { headers: { authorization: 'Bearer ' } });
    add('another scheme', { headers: { authorization: 'Digest username="admin"' } });
    add('a text', { token: 'a text' });
    add('a token without a signature', { token: forge(admin.token, {}, null) });
    add('a token signed by another', { token: forge(admin.token, {}, randomBytes(24).toString('hex')) });
    // One operation of the clients surface tells its clients to log in again (KP6).
    add('an expired token', { token: forge(admin.token, { iat: now - 7200, exp: now - 3600 }) }, 401, 403);
    add('a token without a session', { token: forge(admin.token, { sid: undefined }) });
    add('a token of a session that there is not', { token: forge(admin.token, { sid: randomUUID() }) });
    const stranger = await server.newMerchant();
    add("a token with another account's session", { token: forge(admin.token, { sid: sidOf(stranger.token) }) });
    add('a token for another audience', { token: forge(admin.token, { aud: 'keywright/other' }) });

    const left = await server.logIn(admin.email, admin.password);
    await server.call('POST', '/logout', { token: left.token });
    add('a token of a session that has ended', { token: left.token });
    const disabled = await server.newMember(stranger, 'user');
    const theirs = await server.newPersonalKey(disabled);
    await server.call('PATCH', `/api/v1/members/${disabled.uuid}`, {
      token: stranger.token,
      json: { status: 'disabled' },
    });
    add('a token of a disabled account', { token: disabled.token }, 401, 403);
    add('a key of a disabled account', { basic: theirs.basic }, 401, 403);

    const key = await server.newPersonalKey(admin, 8);
    add('a wrong secret', { basic: `${key.key}:${'0'.repeat(64)}` });
    add('a key without a secret', { basic: key.key });
    await server.call('DELETE', `/apikeys/${key.key}/jwt`, { token: admin.token });
    add('a revoked key', { basic: key.basic });
    const service = await server.call('POST', '/api/clients/generate-service-id', { token: admin.token });
    add('a Service ID', { token: service.body.data.SERVICE_ID });
    const application = await server.newApplication(stranger);
    const { id, fullKey } = await server.newFullKey(stranger, application);
    await server.call('DELETE', `/api/v1/applications/${application}/api-keys/${id}`, { token: stranger.token });
    add('a revoked full key', { token: fullKey });

    const lacking = await server.newMerchant();
    await server.call('PATCH', '/api/v1/merchants/me/sign-in-policy', {
      token: lacking.token,
      json: { requireSecondFactor: true },
    });
    add('a token of an account that lacks the second factor', { token: lacking.token }, 401, 403);
  });
  afterAll(() => server.stop());

  /** What such an account may do all the same: set one up, look at itself, and leave. */
  const WITHOUT_SECOND_FACTOR =
    /^\/(whoami\/jwt|(api\/(v1\/)?auth\/)?logout|console\/session|api\/v1\/(second-factor|sessions)(\/.*)?)$/;

  // The OAuth routes authenticate their callers in the body as well.
  const GUARDED = OPERATIONS.filter(({ schemes, path }) => schemes.length > 0 && !path.startsWith('/oauth/'));

  /** Bodies are right, since the verification routes read them first. */
  const call = ({ method, path }: Operation, options: RequestOptions) =>
    server.call(
      method,
      path.replaceAll(/\{\w+\}/g, () => randomUUID()),
      {
        ...(/\/verif(y|ications)/.test(path) && {
          json: /(batch|verifications)$/.test(path) ? { keys: [{ key: 'a key' }] } : { key: 'a key' },
        }),
        ...options,
      },
    );

  it('covers what the document describes', () => {
    expect(GUARDED.length).toBeGreaterThan(70);
    expect(bad.size).toBeGreaterThan(15);
  });

  it.each(GUARDED.map((operation) => [`${operation.method} ${operation.path}`, operation] as const))(
    'refuses what is no valid credential: %s',
    async (_, operation) => {
      for (const [name, { options, statuses }] of bad) {
        if (name.includes('second factor') && WITHOUT_SECOND_FACTOR.test(operation.path)) continue;
        const answer = await call(operation, options);
        expect([name, statuses.includes(answer.status) ? 'refused' : answer.body]).toEqual([name, 'refused']);
        expectEnvelope(operation.path, answer);
        if (answer.status === 401) expect(answer.headers['www-authenticate']).toMatch(/^(Bearer|Basic) /);
      }
    },
  );

  it.each(
    GUARDED.filter(({ schemes }) => schemes.length === 1).map(
      (operation) => [`${operation.method} ${operation.path}`, operation] as const,
    ),
  )('refuses a valid credential of another kind: %s', async (_, operation) => {
    const { admin } = server;
    const [scheme] = operation.schemes;
    const other =
      scheme === 'loginToken' ? { basic: (await server.newPersonalKey(admin, 8)).basic } : { token: admin.token };
    const { status } = await call(operation, other);
    expect(status).toBe(401);
  });
});

const sidOf = (token: string): unknown =>
  (JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { sid?: unknown }).sid;
