import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, RequestOptions } from './http.js';
import type { TestServer, User } from './server.js';
import type { Tokens } from './tokens.js';

/** The caller: a user, an `Authorization` header, or `undefined` for none. */
type Asker = User | string | undefined;

/** The clients surface as its callers use it. Every answer must be in its envelope. */
export class ClientsSurface {
  constructor(private readonly server: TestServer) {}

  async call(asker: Asker, method: string, path: string, options: RequestOptions = {}): Promise<Answer> {
    const authorization = typeof asker === 'object' ? `Bearer ${asker.token}` : asker;
    const answer = await this.server.call(method, path, {
      ...options,
      headers: { ...(authorization !== undefined && { authorization }), ...options.headers },
    });
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(Object.keys(answer.body)).toEqual(['status', 'message', 'data']);
    expect(answer.body.status).toBe(answer.status);
    if (answer.status >= 400) expect(answer.body.data).toBeNull();
    return answer;
  }

  async newServiceId(user: User): Promise<string> {
    return (await this.call(user, 'POST', '/api/clients/generate-service-id')).body.data.SERVICE_ID;
  }

  /** @param json the whole body */
  generate(asker: Asker, json: unknown): Promise<Answer> {
    return this.call(asker, 'POST', '/api/clients/generate-api-key', { json });
  }

  /** Several keys, one after another and each a millisecond younger than the one before, by their ids. */
  async newKeys(user: User, count: number, more: { expires_in?: number } = {}): Promise<string[]> {
    const service_id = await this.newServiceId(user);
    const ids: string[] = [];
    while (ids.length < count) {
      this.server.clock.advance(0.001);
      ids.push((await this.generate(user, { service_id, ...more })).body.data.id);
    }
    return ids;
  }

  list(asker: Asker, query = ''): Promise<Answer> {
    return this.call(asker, 'GET', `/api/clients/api-keys${query}`);
  }

  async idsOf(user: User, query = ''): Promise<string[]> {
    return (await this.list(user, query)).body.data.map(({ id }: { id: string }) => id);
  }

  delete(asker: Asker, id: string): Promise<Answer> {
    return this.call(asker, 'DELETE', `/api/clients/api-keys/${id}`);
  }

  /** @param json the whole body */
  deleteMany(asker: Asker, json: unknown): Promise<Answer> {
    return this.call(asker, 'DELETE', '/api/clients/api-keys/bulk', { json });
  }

  /** When a key was last used, once the list shows a use that isn't older than `earliest`. */
  async lastUse(user: User, keyId: string, earliest = 0): Promise<number> {
    for (let attempt = 0; attempt < 200; attempt += 1) {
      const { data } = (await this.list(user)).body;
      const lastUse = Date.parse(data.find(({ id }: { id: string }) => id === keyId).last_used_at ?? '');
      if (lastUse >= earliest) return lastUse;
      await sleep(25);
    }
    throw new Error('The use does not show.');
  }

  /** A new user with tokens of every kind. The clock is put forward by an hour, so that earlier tokens have expired. */
  async newUserWithTokens(jwtSecret: string): Promise<{ user: User; tokens: Tokens; expiredServiceId: string }> {
    const before = await this.server.newMerchant();
    const expiredServiceId = await this.newServiceId(before);
    this.server.clock.advance(3601);
    const { admin } = this.server;
    this.server.admin = await this.server.logIn(admin.email, admin.password);
    const user = await this.server.logIn(before.email, before.password);
    const tokens = { login: user.token, expired: before.token, serviceId: await this.newServiceId(user), jwtSecret };
    return { user, tokens, expiredServiceId };
  }
}

/** The answer to a refused request on this surface. */
export const refusal = (status: number, message: string): [number, object] => [status, { status, message, data: null }];

/** An answer as {@link refusal} writes it. */
export const refusalOf = ({ status, body }: Answer): [number, unknown] => [status, body];
