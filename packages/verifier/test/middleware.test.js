/** Guarantees of the middlewares, each with its framework, over HTTP. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { formatFullKey, issueFullKey } from '../../../dist/src/api-keys/credentials/credential.js';
import { FRAMEWORKS, KNOWS_PROXY } from './support/frameworks.js';
import { bearer, describeMiddleware, get, verify } from './support/middleware-suite.js';

for (const [name, start] of Object.entries(FRAMEWORKS))
  describe(name, () => {
    let app;
    before(async () => {
      app = await start(verify);
    });
    after(() => app.stop());

    describeMiddleware(it, () => app.url, name === 'Hono' ? { joinsHeaders: true, twoAuthorizations: 401 } : {});

    it('refuses two different keys of Keywright', async () => {
      const [one, other] = [issueFullKey('live'), issueFullKey('live')].map(formatFullKey);
      const { status, body } = await get(app.url, [bearer(one), ['X-API-Key', other]]);
      assert.deepEqual([status, body.code], [400, 'credential.ambiguous']);
      assert.equal((await get(app.url, [bearer(one), ['X-API-Key', one]])).status, 401);
    });

    it('believes a proxy only as far as the framework does', async () => {
      const forwarded = ['X-Forwarded-For', '203.0.113.7'];
      const { status } = await get(app.url, [bearer('a-remote-key'), forwarded]);
      assert.equal(status, KNOWS_PROXY.includes(name) ? 200 : 403);
    });
  });
