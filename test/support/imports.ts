import { createHash, createHmac } from 'node:crypto';
import { hash as argon2 } from '@node-rs/argon2';
import bcrypt from 'bcrypt';
import { randomBase62 } from '../../src/api-keys/credentials/credential.js';
import type { Answer, RequestOptions } from './http.js';
import type { TestServer, User } from './server.js';

export const PREFIX = 'acme_live_';
export const PEPPER = 'the pepper of the former system';
export const FORMAT = { prefix: PREFIX, length: 42, pepper: PEPPER };

/** A key as another system made it. */
export const foreignKey = (prefix = PREFIX, length = 42): string => prefix + randomBase62(length - prefix.length);

export type Row = Record<string, unknown>;

export const sha256 = (key: string, encoding: 'hex' | 'base64' | 'base64url' = 'hex'): string =>
  createHash('sha256').update(key).digest(encoding);

export const sha256Row = (key: string, more: Row = {}): Row => ({
  hash: sha256(key),
  algorithm: 'sha256',
  description: 'A key from before',
  ...more,
});

export const bcryptRow = async (key: string, more: Row = {}, cost = 6): Promise<Row> => ({
  hash: await bcrypt.hash(key, cost),
  algorithm: 'bcrypt',
  lookupPrefix: key.slice(0, PREFIX.length + 8),
  description: 'A key from before',
  ...more,
});

/** Every way a row can say a key's hash. */
export const WAYS: Record<string, (key: string) => Row | Promise<Row>> = {
  'sha256 in hex': (key) => sha256Row(key),
  'sha256 in base64': (key) => sha256Row(key, { hash: sha256(key, 'base64'), encoding: 'base64' }),
  'sha256 in base64url': (key) => sha256Row(key, { hash: sha256(key, 'base64url'), encoding: 'base64url' }),
  'hmac-sha256 with the pepper of the customer': (key) =>
    sha256Row(key, { hash: createHmac('sha256', PEPPER).update(key).digest('hex'), algorithm: 'hmac-sha256' }),
  'hmac-sha256 in base64': (key) =>
    sha256Row(key, {
      hash: createHmac('sha256', PEPPER).update(key).digest('base64'),
      algorithm: 'hmac-sha256',
      encoding: 'base64',
    }),
  bcrypt: (key) => bcryptRow(key),
  'bcrypt as PHP writes it': async (key) => {
    const row = await bcryptRow(key);
    return { ...row, hash: String(row.hash).replace('$2b$', '$2y$') };
  },
  argon2: async (key) => ({
    ...(await bcryptRow(key)),
    hash: await argon2(key, { memoryCost: 1024, timeCost: 1, parallelism: 1 }),
    algorithm: 'argon2',
  }),
};

/** Lines of NDJSON, what is a string as it is. */
export const ndjson = (...lines: unknown[]): string =>
  lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('');

export const NDJSON = { 'content-type': 'application/x-ndjson' };

export function importLines(
  server: TestServer,
  user: User,
  lines: unknown[],
  options: RequestOptions = {},
): Promise<Answer> {
  return importText(server, user, ndjson({ format: FORMAT }, ...lines), options);
}

export function importText(
  server: TestServer,
  { token }: User,
  body: string | Buffer,
  options: RequestOptions = {},
  query = '',
): Promise<Answer> {
  return server.call('POST', `/api/v1/api-keys/import${query}`, { token, body, headers: NDJSON, ...options });
}

/** The outcome of a verification, asked by an administrator. */
export async function outcomeOf(server: TestServer, key: string): Promise<string> {
  const { body } = await server.call('POST', '/api/v1/keys/verify', { token: server.admin.token, json: { key } });
  return body.outcome ?? body.code;
}

export async function check(server: TestServer, options: RequestOptions): Promise<number> {
  return (await server.call('GET', '/api/v1/keys/check', options)).status;
}
