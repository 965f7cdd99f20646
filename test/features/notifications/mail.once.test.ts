/** Guarantees without SMTP: links of mails are logged outside of production, and never in it. */

import { setTimeout as sleep } from 'node:timers/promises';
import { PRODUCTION } from '../../support/production.js';
import { newFolder, Program, removeFolder } from '../../support/program.js';

describe('mail without a mail server', () => {
  let folder: string;
  beforeEach(() => (folder = newFolder()));
  afterEach(() => removeFolder(folder));

  it('is written to the log, so that its link can be followed', async () => {
    const program = await Program.start(folder);
    const json = { email: 'ada@person.example', language: 'en' };
    const signup = await program.call('POST', '/signup', { json });
    expect([signup.status, signup.body]).toEqual([201, { result: 'success', email: 'ada@person.example' }]);
    // After the answer, whose time would tell whether there was a mail.
    const end = performance.now() + 5000;
    while (!program.stdout.includes('ada@person.example') && performance.now() < end) await sleep(10);
    const [, id = ''] = /confirm\/signup\/([\w-]+)/.exec(program.stdout) ?? [];
    const { status, body } = await program.call('POST', `/confirm/signup/${id}`, { json: { consent: 1 } });
    expect([status, body.account.email]).toEqual([200, 'ada@person.example']);
    expect(await program.end('SIGTERM')).toBe(0);
  });

  it('is not needed to start in production, which says so, and refuses what is worth nothing without a mail', async () => {
    const password = 'correct horse battery staple 7';
    const program = await Program.start(folder, { ...PRODUCTION, ADMIN_PASSWORD: password });
    const token = await program.logIn(password);
    const email = 'ada@person.example';
    for (const [method, path, json] of [
      ['POST', '/signup', { email, language: 'en' }],
      ['POST', '/recover', { email }],
      ['PATCH', '/account/jwt', { email, currentPassword: password }],
    ] as const) {
      const { status, headers, body } = await program.call(method, path, { token, json });
      expect([path, status, headers['x-error-code']]).toEqual([path, 503, 'mail.unavailable']);
      expect(body).toEqual({ result: 'error', error: 'mailUnavailable' });
    }
    // The answer has the link.
    const invited = await program.call('POST', '/api/v1/members', { token, json: { email, role: 'user' } });
    expect([invited.status, invited.body.signupLink]).toEqual([
      201,
      expect.stringMatching(/^https:\/\/keys\.example\//),
    ]);
    expect(await program.end('SIGTERM')).toBe(0);
    const log = program.stdout + program.stderr;
    expect(log.match(/SMTP_URL is not set: no mails are sent[^"]+503/g)).toHaveLength(1);
    expect(log).not.toMatch(/ada@person|confirm|signup\?token/);
  });
});
