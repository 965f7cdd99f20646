import type { RequestOptions } from './http.js';
import type { Operation } from './operations.js';
import type { TestServer, User } from './server.js';

/** A verifier of a merchant's, and the key that has attached it. */
export interface TestVerifier {
  id: string;
  key: string;
}

/** Whether an operation is called by a verifier, with a key whose scopes name that. */
export const isForVerifiers = ({ path, schemes }: Pick<Operation, 'path' | 'schemes'>): boolean =>
  path.startsWith('/api/v1/verifiers') && !schemes.includes('loginToken');

/** A key that may attach verifiers. */
export async function newVerifierKey(server: TestServer, { token }: Pick<User, 'token'>, level = 1): Promise<string> {
  const json = { description: 'A verifier', level, scopes: ['verifier'] };
  return (await server.call('POST', '/api/v1/api-keys', { token, json })).body.fullKey;
}

export async function newVerifier(server: TestServer, user: Pick<User, 'token'>): Promise<TestVerifier> {
  const key = await newVerifierKey(server, user);
  const options: RequestOptions = { token: key, json: { name: 'A verifier' } };
  return { id: (await server.call('POST', '/api/v1/verifiers', options)).body.id, key };
}
