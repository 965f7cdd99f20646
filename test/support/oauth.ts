import { ApiKey } from '../../src/api-keys/api-key.entity.js';
import { SYSTEM } from '../../src/platform/events/actor.js';
import { Transactions } from '../../src/platform/database/transactions/transactions.js';
import { keyInvalidations } from '../../src/platform/events/invalidation.js';
import type { Answer } from './http.js';
import type { TestServer } from './server.js';

/** A client of the OAuth routes, who authenticates by HTTP Basic unless told otherwise. */
export class OAuth {
  constructor(private readonly server: TestServer) {}

  token(basic: string, parameters: Record<string, string> = {}): Promise<Answer> {
    return this.server.call('POST', '/oauth/token', {
      basic,
      form: { grant_type: 'client_credentials', ...parameters },
    });
  }

  async open(basic: string, parameters: Record<string, string> = {}): Promise<string> {
    const { status, body } = await this.token(basic, parameters);
    expect(status).toBe(200);
    return body.access_token;
  }

  introspect(basic: string, token: string): Promise<Answer> {
    return this.server.call('POST', '/oauth/introspect', { basic, form: { token } });
  }

  revoke(basic: string, token: string): Promise<Answer> {
    return this.server.call('POST', '/oauth/revoke', { basic, form: { token } });
  }

  check(token: string, query = ''): Promise<Answer> {
    return this.server.call('GET', `/api/v1/keys/check${query}`, { token });
  }

  /** Changes a key as a service does, through the barrier. */
  async change(id: string, changes: Partial<Pick<ApiKey, 'scopes' | 'level'>>): Promise<void> {
    await this.server.app.get(Transactions, { strict: false }).run(async (tx) => {
      await tx.manager.update(ApiKey, { id }, changes);
      const { publicId, merchantId } = await tx.manager.findOneByOrFail(ApiKey, { id });
      const target = { targetType: 'api_key', targetId: id };
      await tx.publish({
        name: 'api_key.updated',
        actor: SYSTEM,
        merchantId,
        ...target,
        details: { publicId },
        invalidates: keyInvalidations('nothing', publicId),
      });
    });
  }
}

/** What a token says, unchecked. */
export function partOf(token: string, index: 0 | 1): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[index] ?? '', 'base64url').toString()) as Record<string, unknown>;
}
