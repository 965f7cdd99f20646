import { randomUUID } from 'node:crypto';
import type { Operation } from './operations.js';
import type { TestServer, User } from './server.js';

/** A portal session of a merchant's, with a key of its end user. */
export interface TestPortal {
  id: string;
  token: string;
  /** The id of the key. */
  key: string;
}

/** Whether an operation is called by an end user, with the token of a portal session. */
export const isForEndUsers = ({ schemes }: Pick<Operation, 'schemes'>): boolean => schemes.includes('portalToken');

export async function newPortal(server: TestServer, { token }: Pick<User, 'token'>): Promise<TestPortal> {
  const json = { externalId: randomUUID(), allow: ['list', 'create', 'rotate', 'revoke'], limits: { keys: 1000 } };
  const opened = (await server.call('POST', '/api/v1/portal-sessions', { token, json })).body;
  const created = await server.call('POST', '/api/v1/portal/keys', {
    token: opened.token,
    json: { description: 'A key of an end user' },
  });
  return { id: opened.id, token: opened.token, key: created.body.id };
}
