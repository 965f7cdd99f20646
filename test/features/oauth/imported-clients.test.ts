/** Guarantee: an imported key opens a session whatever signs it holds, encoded as RFC 6749 says or not. */

import { foreignKey, importLines, sha256Row } from '../../support/imports.js';
import { TestServer, type User } from '../../support/server.js';

const GRANT = { grant_type: 'client_credentials' };

/** The ends of keys, with signs that mean something to Basic, to forms or to URLs. */
const ENDS = ['plain', 'a:b', 'a:b:c', 'ends:', '::', 'a+b', 'a%3Ab', '100%', 'a/b?c&d=e', 'a b'.replace(' ', '%20')];

describe('an imported key at /oauth/token', () => {
  let server: TestServer;
  let user: User;
  beforeAll(async () => {
    server = await TestServer.shared();
    user = await server.newMerchant();
  });
  afterAll(() => server.stop());

  it.each(ENDS)('is accepted as the user of Basic when it ends in %s', async (end) => {
    const key = `${foreignKey().slice(0, 42 - end.length)}${end}`;
    expect((await importLines(server, user, [sha256Row(key)])).body).toMatchObject({ imported: 1 });
    for (const basic of [`${key}:`, `${encodeURIComponent(key)}:`]) {
      const { status, body } = await server.call('POST', '/oauth/token', { basic, form: GRANT });
      expect([basic, status]).toEqual([basic, 200]);
      const { active } = (await server.call('POST', '/oauth/introspect', { basic, form: { token: body.access_token } }))
        .body;
      expect(active).toBe(true);
    }
    const wrong = await server.call('POST', '/oauth/token', { basic: `${key}x:`, form: GRANT });
    expect(wrong.status).toBe(401);
  });
});
