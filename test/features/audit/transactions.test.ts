/** Guarantee: an audit record and its change are committed together or not at all. */

import { randomUUID } from 'node:crypto';
import { In, Not } from 'typeorm';
import { Account } from '../../../src/accounts/account.entity.js';
import { ApiKey } from '../../../src/api-keys/api-key.entity.js';
import { Application } from '../../../src/applications/application.entity.js';
import { AuditEvent } from '../../../src/audit/audit-event.entity.js';
import type { Answer } from '../../support/http.js';
import { PASSWORD, TestServer, type User } from '../../support/server.js';

type Act = () => Promise<Answer>;

describe('merchants surface: an audit record and its change are committed together or not at all', () => {
  let server: TestServer;
  let user: User;
  beforeAll(async () => {
    server = await TestServer.shared();
    user = await server.newMerchant();
  });
  afterAll(() => server.stop());

  /** Of changes: what was refused is recorded as well, in its own time. */
  const countEvents = () =>
    server.dataSource
      .getRepository(AuditEvent)
      .countBy({ action: Not(In(['access.refused', 'account.login_failed'])) });
  const call = (method: string, path: string, json?: unknown, { token } = user) =>
    server.call(method, path, { token, json });
  const person = { password: PASSWORD, firstName: 'Ada', lastName: 'Lovelace' };

  async function newInvitation(): Promise<string> {
    const { body } = await call('POST', '/api/v1/merchants/invite', {}, server.admin);
    const { pathname, search } = new URL(body.signupLink);
    return pathname + search;
  }

  async function takeName(): Promise<{ name: string }> {
    const json = { name: `app ${randomUUID()}` };
    await call('POST', '/api/v1/applications', json);
    return json;
  }

  /** What is refused, and how to come to the moment before. */
  const deniedRequests: [number, string, () => Promise<Act>][] = [
    [
      409,
      'an application whose name is taken',
      async () => {
        const json = await takeName();
        return () => call('POST', '/api/v1/applications', json);
      },
    ],
    [
      409,
      'a rename to a name that is taken',
      async () => {
        const json = await takeName();
        const id = await server.newApplication(user);
        return () => call('PATCH', `/api/v1/applications/${id}`, json);
      },
    ],
    [
      409,
      'a signup with an address that is taken',
      async () => {
        const link = await newInvitation();
        const json = { organization: { legalBusinessName: 'Refused Ltd' }, admin: { email: user.email, ...person } };
        return () => call('POST', link, json);
      },
    ],
    [
      404,
      'a second deletion',
      async () => {
        const id = await server.newApplication(user);
        await call('DELETE', `/api/v1/applications/${id}`);
        return () => call('DELETE', `/api/v1/applications/${id}`);
      },
    ],
    [
      400,
      'a key without a description',
      async () => {
        const id = await server.newApplication(user);
        return () => call('POST', `/api/v1/applications/${id}/api-keys`, { description: '' });
      },
    ],
    [
      409,
      'an invitation of a taken address',
      () => simply('POST', '/api/v1/members', { email: user.email, role: 'user' }),
    ],
    [409, 'the removal of the last manager', () => simply('DELETE', `/api/v1/members/${user.uuid}`)],
    [403, 'a role above the own', () => simply('PATCH', `/api/v1/members/${user.uuid}`, { role: 'admin' })],
    [410, 'a signup by a bad link', () => simply('POST', `/api/v1/members/signup?token=${'0'.repeat(48)}`, person)],
    [
      401,
      'a login with a wrong password',
      () => simply('POST', '/api/v1/auth/login', { username: user.email, password: 'x' }),
    ],
  ];

  function simply(...request: [string, string, object?]): Promise<Act> {
    return Promise.resolve(() => call(...request));
  }

  it.each(deniedRequests)('answers %i to %s, and records nothing', async (expected, _, prepare) => {
    const act = await prepare();
    const before = await countEvents();
    expect((await act()).status).toBe(expected);
    expect(await countEvents()).toBe(before);
  });

  it('leaves one record of one creation when several requests create at the same moment', async () => {
    const json = { name: `app ${randomUUID()}` };
    const before = await countEvents();
    const answers = await Promise.all(Array.from({ length: 5 }, () => call('POST', '/api/v1/applications', json)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(await countEvents()).toBe(before + 1);
  });

  describe('without an audit trail to write to', () => {
    /** Everything that the changes below would change. */
    const state = async (): Promise<string> =>
      JSON.stringify(
        await Promise.all(
          [Account, Application, ApiKey].map((entity) => server.dataSource.getRepository(entity).find()),
        ),
      );

    it.each<[string, () => Promise<Act>]>([
      ['no application is created', () => simply('POST', '/api/v1/applications', { name: randomUUID() })],
      [
        'no application is deleted',
        async () => {
          const id = await server.newApplication(user);
          await server.newFullKey(user, id);
          return () => call('DELETE', `/api/v1/applications/${id}`);
        },
      ],
      [
        'no key is made',
        async () => {
          const id = await server.newApplication(user);
          return () => call('POST', `/api/v1/applications/${id}/api-keys`, { description: 'Unrecorded' });
        },
      ],
      [
        'nobody is invited',
        () => simply('POST', '/api/v1/members', { email: `member-${randomUUID()}@shop.example`, role: 'user' }),
      ],
      [
        'nobody is lowered',
        async () => {
          const { uuid } = await server.newMember(user, 'user');
          return () => call('PATCH', `/api/v1/members/${uuid}`, { role: 'readOnly' });
        },
      ],
    ])('%s', async (_, prepare) => {
      const act = await prepare();
      const before = await state();
      await server.dataSource.query('ALTER TABLE audit_event RENAME TO audit_event_away');
      try {
        expect((await act()).status).toBe(500);
        expect(await state()).toBe(before);
      } finally {
        await server.dataSource.query('ALTER TABLE audit_event_away RENAME TO audit_event');
      }
      expect((await act()).status).toBeLessThan(300);
      expect(await state()).not.toBe(before);
    });
  });
});
