/** Guarantees of a server whose output nobody reads any longer: it goes on answering, and says so once where that can be read. */

import { newFolder, Program, removeFolder } from '../support/program.js';
import { PRODUCTION } from '../support/production.js';

describe.each<[string, Record<string, string>]>([
  ['development', { LOG_LEVEL: 'debug' }],
  ['production', PRODUCTION],
])('the output of a server in %s', (mode, variables) => {
  let folder: string;
  let program: Program;
  beforeEach(async () => {
    folder = newFolder();
    program = await Program.start(folder, variables);
  });
  afterEach(async () => {
    await program.end('SIGKILL');
    await removeFolder(folder);
  });

  const logSomething = async (): Promise<void> => {
    for (let times = 0; times < 5; times += 1) {
      const json = { username: 'nobody', password: 'a wrong password' };
      expect((await program.call('POST', '/api/v1/auth/login', { json })).status).toBe(401);
    }
  };

  it('may be closed', async () => {
    program.closeOutput('stdout');
    await logSomething();
    expect((await program.call('GET', '/health/live')).status).toBe(200);
    expect(await program.end('SIGTERM')).toBe(0);
    const told = 'Nobody reads standard output any longer: the server goes on, and logs nothing there.';
    expect(program.stderr.trim()).toBe(mode === 'development' ? told : '');
  });

  it('may be closed together with the errors', async () => {
    program.closeOutput('stdout', 'stderr');
    await logSomething();
    expect((await program.call('GET', '/health/live')).status).toBe(200);
    expect(await program.end('SIGTERM')).toBe(0);
  });
});
