/** Guarantee: a high limit, below which keys aren't counted at each creation, holds nevertheless. */

import { foreignKey, importLines, sha256Row } from '../support/imports.js';
import { TestServer } from '../support/server.js';

const MAX = 20_001;
const LEFT = 20;

/** Keys that are imported by one call. */
const AT_ONCE = 2000;

describe('a high limit of keys', () => {
  it('is not exceeded, because each creation counts close to it', async () => {
    const server = await TestServer.start({ MAX_KEYS_PER_MERCHANT: String(MAX) });
    try {
      const user = await server.newMerchant();
      for (let left = MAX - LEFT; left > 0; left -= AT_ONCE) {
        const rows = Array.from({ length: Math.min(left, AT_ONCE) }, () => sha256Row(foreignKey()));
        expect((await importLines(server, user, rows)).body).toMatchObject({ imported: rows.length, failed: 0 });
      }
      const create = () =>
        server.call('POST', '/api/v1/api-keys', { token: user.token, json: { description: 'A key' } });
      const answers = await Promise.all(Array.from({ length: 2 * LEFT }, create));
      expect(answers.filter(({ status }) => status === 201)).toHaveLength(LEFT);
      expect(answers.filter(({ status }) => status === 409)).toHaveLength(LEFT);
    } finally {
      await server.stop();
    }
  });
});
