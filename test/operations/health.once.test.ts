/** Guarantee: a stopping server reports that it is not ready before it stops accepting requests. */

import { setTimeout as sleep } from 'node:timers/promises';
import { newFolder, Program, removeFolder } from '../support/program.js';

describe('health of a stopping server', () => {
  let folder: string;
  let program: Program;
  beforeAll(async () => {
    folder = newFolder();
    program = await Program.start(folder, { SHUTDOWN_DELAY_SECONDS: '1' });
  });
  afterAll(async () => {
    await program.end('SIGKILL');
    await removeFolder(folder);
  });

  it('is not ready at first, while requests are still answered, until the server ends', async () => {
    expect((await program.call('GET', '/health/ready')).status).toBe(200);
    const { password } = program;
    const ended = program.end('SIGTERM');
    let ready = await program.call('GET', '/health/ready');
    while (ready.status === 200) {
      await sleep(5);
      ready = await program.call('GET', '/health/ready');
    }
    expect([ready.status, ready.body.status]).toEqual([503, 'shutting_down']);
    expect(ready.body.details.database).toEqual({ status: 'up' });
    const live = await program.call('GET', '/health/live');
    expect([live.status, live.body]).toEqual([200, { status: 'ok', version: expect.any(String) }]);
    expect(await program.logIn(password)).toEqual(expect.any(String));
    expect(await ended).toBe(0);
  });
});
