/** Guarantees without SMTP: links of mails are logged outside of production, and never in it. */

import { newFolder, Program, removeFolder } from '../../support/program.js';

const SECRETS = { JWT_SECRET: 'j'.repeat(32), KEY_PEPPERS: 'k'.repeat(32), ENCRYPTION_KEYS: 'e'.repeat(32) };

describe('mail without a mail server', () => {
  let folder: string;
  beforeEach(() => (folder = newFolder()));
  afterEach(() => removeFolder(folder));

  async function signUp(variables: Record<string, string>): Promise<Program> {
    const program = await Program.start(folder, variables);
    const json = { email: 'ada@person.example', language: 'en' };
    const { status, body } = await program.call('POST', '/signup', { json });
    expect([status, body]).toEqual([201, { result: 'success', email: 'ada@person.example' }]);
    return program;
  }

  it('is written to the log, so that its link can be followed', async () => {
    const program = await signUp({});
    const log = program.stdout + program.stderr;
    expect(log).toContain('ada@person.example');
    const [, id = ''] = /confirm\/signup\/([\w-]+)/.exec(log) ?? [];
    const { status, body } = await program.call('POST', `/confirm/signup/${id}`, { json: { consent: 1 } });
    expect([status, body.account.email]).toEqual([200, 'ada@person.example']);
    expect(await program.end('SIGTERM')).toBe(0);
  });

  it('is not logged in production, where the log says that it was not sent', async () => {
    const program = await signUp({ NODE_ENV: 'production', ...SECRETS });
    expect(await program.end('SIGTERM')).toBe(0);
    const log = program.stdout + program.stderr;
    expect(log).toContain('SMTP_URL is not set');
    expect(log).not.toMatch(/ada@person|confirm/);
  });
});
