import { setTimeout as sleep } from 'node:timers/promises';
import { Secret, TOTP } from 'otpauth';
import type { Answer } from './http.js';
import { PASSWORD, type TestServer, type User } from './server.js';

export const PATH = '/api/v1/second-factor';

/** A login on a surface, and its second step. */
export interface LoginCase {
  surface: 'clients' | 'merchants' | 'accounts';
  path: string;
  /** The second step. */
  next: string;
  /** The refusal of a login that has to go on. */
  refusal: (secondFactor: unknown) => object;
  tokenIn: (body: Answer['body']) => string;
}

export const LOGINS: LoginCase[] = [
  {
    surface: 'clients',
    path: '/api/auth/login',
    next: '/api/auth/login/second-factor',
    refusal: (secondFactor) => ({ status: 401, message: 'Second factor required', data: { secondFactor } }),
    tokenIn: ({ data }) => data.token,
  },
  {
    surface: 'merchants',
    path: '/api/v1/auth/login',
    next: '/api/v1/auth/login/second-factor',
    refusal: (secondFactor) => ({
      error: 'Unauthorized',
      message: 'The password is right; now send the second factor',
      code: 401,
      secondFactor,
    }),
    tokenIn: ({ accessToken }) => accessToken,
  },
  {
    surface: 'accounts',
    path: '/login',
    next: '/login/second-factor',
    refusal: (secondFactor) => ({ result: 'error', error: 'secondFactorRequired', secondFactor }),
    tokenIn: ({ token }) => token,
  },
];

/** The code that an app shows, now or this many steps later. */
export const codeOf = (server: TestServer, secret: string, steps = 0): string =>
  TOTP.generate({ secret: Secret.fromBase32(secret), timestamp: server.clock.nowMs() + steps * 30_000 });

/** A code that the app does not show at any time near. */
export function wrongCode(server: TestServer, secret: string): string {
  const right = [-2, -1, 0, 1, 2].map((steps) => codeOf(server, secret, steps));
  return ['000000', '111111', '222222', '333333', '444444', '555555'].find((code) => !right.includes(code)) ?? '';
}

/** Sets an authenticator app up. Its next code is a new one. */
export async function setUpTotp(
  server: TestServer,
  { token, password }: User,
): Promise<{ secret: string; recoveryCodes: string[] }> {
  const begun = await server.call('POST', `${PATH}/totp`, { token, json: { currentPassword: password } });
  expect(begun.status).toBe(201);
  const { secret } = begun.body;
  const confirmed = await server.call('POST', `${PATH}/totp/confirm`, {
    token,
    json: { code: codeOf(server, secret) },
  });
  expect(confirmed.status).toBe(200);
  server.clock.advance(30);
  return { secret, recoveryCodes: confirmed.body.recoveryCodes };
}

/** Sends the password of an account that has a second factor. */
export async function challengeOf(server: TestServer, { email }: User, password = PASSWORD) {
  const { status, body } = await server.call('POST', '/login', { json: { username: email, password } });
  expect([status, body.error]).toEqual([401, 'secondFactorRequired']);
  return body.secondFactor as { challenge: string; methods: string[]; passkeyOptions?: { challenge: string } };
}

/** Answers a challenge. */
export const answer = (server: TestServer, json: object): Promise<Answer> =>
  server.call('POST', '/login/second-factor', { json });

/** The events of an account of these names, with their details, in order. */
export async function eventsOf(server: TestServer, { uuid }: User, prefix: string) {
  await server.sealed();
  const { token } = server.admin;
  const { body } = await server.call('GET', `/api/v1/audit-events?targetId=${uuid}&limit=100`, { token });
  return (body.items as { action: string; details: object }[])
    .filter(({ action }) => action.startsWith(prefix))
    .map(({ action, details }) => [action, details])
    .reverse();
}

/** The text of the mail to a person that holds this, once it has come. */
export async function mailTo(server: TestServer, { email }: User, holding: string): Promise<string> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const found = server.mailbox.mails.find(({ to, text }) => to === email && text.includes(holding));
    if (found) return found.text;
    await sleep(25);
  }
  throw new Error(`No mail to ${email} holds "${holding}".`);
}
