/** Guarantees of the wrapper of Next's route handlers, with its server, over HTTP. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { bearer, describeMiddleware, get, verify } from './support/middleware-suite.js';

const FOLDER = join(import.meta.dirname, 'support/next-app');

/** Next, where `test/run.js` has installed it. */
const next = createRequire(join(FOLDER, 'package.json'))('next');

process.env.NEXT_TELEMETRY_DISABLED = '1';
process.env.NEXT_IGNORE_INCORRECT_LOCKFILE = '1';

describe('Next', () => {
  let app;
  let server;
  let url;
  before(async () => {
    globalThis.verifierOfTest = verify;
    app = next({ dev: true, dir: FOLDER, quiet: true });
    await app.prepare();
    server = createServer(app.getRequestHandler());
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${server.address().port}`;
    // Compiles the route.
    await get(url);
  });
  after(async () => {
    server.close();
    server.closeAllConnections();
    await app.close();
    rmSync(join(FOLDER, '.next'), { recursive: true, force: true });
  });

  // Of two `Authorization`, Next shows only the first.
  describeMiddleware(it, () => url, { joinsHeaders: true, twoAuthorizations: 200, knowsConnection: false });

  it('believes no header about the address', async () => {
    assert.equal((await get(url, [bearer('a-remote-key'), ['X-Forwarded-For', '203.0.113.7']])).status, 403);
  });
});
