/** Guarantees of `keywright doctor` that measure time: it ends within three seconds, whatever does not answer. */

import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { runCommand } from '../support/command.js';
import { newFolder, Program, removeFolder } from '../support/program.js';

const LIMIT_MS = 3000;

describe('keywright doctor', () => {
  let folder: string;
  beforeAll(() => {
    folder = newFolder();
  });
  afterAll(() => removeFolder(folder));

  async function examine(variables: Record<string, string> = {}) {
    const startedAt = performance.now();
    const { code, stdout } = await runCommand(folder, ['doctor', '--json'], variables);
    expect(performance.now() - startedAt).toBeLessThan(LIMIT_MS);
    const { checks } = JSON.parse(stdout) as { checks: { name: string; verdict: string }[] };
    return { code, problems: checks.filter(({ verdict }) => verdict === 'problem').map(({ name }) => name) };
  }

  it('ends in time beside a running server', async () => {
    const program = await Program.start(folder);
    expect(await examine()).toEqual({ code: 0, problems: [] });
    await program.end('SIGTERM');
  });

  it('waits for neither a mail server nor a Redis nor a database that never answers', async () => {
    const silent = createServer();
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const { code, problems } = await examine({
      SMTP_URL: `smtp://127.0.0.1:${port}`,
      REDIS_URL: `redis://127.0.0.1:${port}`,
      DATABASE_URL: `mariadb://keywright:secret@127.0.0.1:${port}/keywright`,
    });
    expect([code, problems.sort()]).toEqual([1, ['database', 'mail', 'redis']]);
    silent.close();
  });
});
