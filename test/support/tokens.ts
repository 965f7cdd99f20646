import { createHmac } from 'node:crypto';

/** What the requests that must be refused are made of. */
export interface Tokens {
  /** A login token that is good. */
  login: string;
  /** One that was good an hour ago. */
  expired: string;
  /** A Service ID that is good. */
  serviceId: string;
  /** What the server signs with. */
  jwtSecret: string;
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

export const claimsOf = (token: string): object =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as object;

/** A token with the claims of another one, but for some, signed with a secret of one's choice. */
export function forge(token: string, secret: string, claims: object = {}): string {
  const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ ...claimsOf(token), ...claims })}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

/** A token with other claims under the signature it had. */
export function tamper(token: string, claims: object): string {
  const [header = '', , signature = ''] = token.split('.');
  return `${header}.${encode({ ...claimsOf(token), ...claims })}.${signature}`;
}

/** A token that says it needs no signature. */
export const unsigned = (token: string): string =>
  `${encode({ alg: 'none', typ: 'JWT' })}.${token.split('.')[1] ?? ''}.`;

const bearer = (token: string): string => `Bearer ${token}`;

/** `Authorization` headers that are no login, by what is wrong with them. */
export const NO_LOGINS: [string, (tokens: Tokens) => string | undefined][] = [
  ['no Authorization', () => undefined],
  ['an empty Authorization', () => ''],
  ['Bearer without a token', () => 'Bearer'],
  ['garbage', () => bearer('garbage')],
  ['garbage in three parts', () => bearer('a.b.c')],
  ['a token without a scheme', ({ login }) => login],
  ['the scheme Basic', ({ login }) => `Basic ${login}`],
  ['the scheme Token', ({ login }) => `Token ${login}`],
  ['a tampered token', ({ login }) => bearer(tamper(login, { _id: 1 }))],
  ['a token without its signature', ({ login }) => bearer(login.replace(/[^.]+$/, ''))],
  ['a token of alg none', ({ login }) => bearer(unsigned(login))],
  ['a token of another signer', ({ login }) => bearer(forge(login, 'another secret of 32 characters..'))],
  ['a token for another audience', ({ login, jwtSecret }) => bearer(forge(login, jwtSecret, { aud: 'elsewhere' }))],
  ['a token of another issuer', ({ login, jwtSecret }) => bearer(forge(login, jwtSecret, { iss: 'somebody' }))],
  ['a token for another purpose', ({ login, jwtSecret }) => bearer(forge(login, jwtSecret, { purpose: 'session' }))],
  ['a token that never ends', ({ login, jwtSecret }) => bearer(forge(login, jwtSecret, { exp: undefined }))],
  ['an expired token', ({ expired }) => bearer(expired)],
  ['a Service ID', ({ serviceId }) => bearer(serviceId)],
];
