/** Guarantees A1: an actor carries the id and the username of its account, in events, exports and webhooks, and chains written without them verify. */

import { AuditEvent, AuditChain } from '../../../src/audit/audit-event.entity.js';
import { hashRecord } from '../../../src/audit/record.js';
import { digestOfEvent, hashOfEvent, type ShownEvent } from '../../support/audit-trail.js';
import { TestServer, type User } from '../../support/server.js';

interface View extends ShownEvent {
  action: string;
  target: { id: string };
}

describe('actors', () => {
  let server: TestServer;
  let owner: User;
  let member: User;
  beforeAll(async () => {
    server = await TestServer.start();
    owner = await server.newMerchant();
    member = await server.newMember(owner, 'user');
  });
  afterAll(() => server.stop());

  const eventsOf = async (targetId: string): Promise<View[]> => {
    await server.sealed();
    const { body } = await server.call('GET', `/api/v1/audit-events?targetId=${targetId}`, { token: owner.token });
    return body.items;
  };
  const exported = async (): Promise<View[]> => {
    await server.sealed();
    const { text } = await server.call('GET', '/api/v1/audit-events/export', { token: owner.token });
    return text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as View);
  };
  const isValid = async (): Promise<boolean> =>
    (await server.call('GET', '/api/v1/audit-events/verify', { token: owner.token })).body.valid;

  it('A1: are named as the list of members names them, by token and by key', async () => {
    const application = await server.newApplication(member);
    const [created] = await eventsOf(application);
    expect(created?.actor).toEqual({
      kind: 'account',
      accountId: member.accountId,
      keyId: null,
      memberId: member.uuid,
      username: member.email,
    });
    const members = await server.call('GET', '/api/v1/members', { token: owner.token });
    expect(members.body.items.map(({ id }: { id: string }) => id)).toContain(created?.actor.memberId);
    const { basic, key } = await server.newPersonalKey(member);
    const json = { name: 'By key', level: 1, expiresIn: 60 };
    const made = await server.call('POST', '/apikeys/key', { basic, json });
    const [byKey] = await eventsOf(made.body.apikey.key);
    expect(byKey?.actor).toMatchObject({ kind: 'key', keyId: key, memberId: member.uuid, username: member.email });
    expect((await exported()).find(({ target }) => target.id === application)).toEqual(created);
  });

  it('A1: without an account have neither', async () => {
    await server.call('POST', '/login', { json: { username: member.email, password: 'wrong' } });
    await server.sealed();
    const failed = (await exported()).filter(({ action }) => action === 'account.login_failed');
    expect(failed[0]?.actor).toMatchObject({ kind: 'visitor', accountId: null, memberId: null, username: null });
  });

  it('A1: keep the username that they had, and have a new one at once', async () => {
    const before = await server.newApplication(member);
    const username = `renamed-${member.accountId}`;
    await server.call('PATCH', '/account/jwt', { token: member.token, json: { username } });
    const after = await server.newApplication(member);
    expect((await eventsOf(before))[0]?.actor.username).toBe(member.email);
    expect((await eventsOf(after))[0]?.actor.username).toBe(username);
    expect(await isValid()).toBe(true);
  });

  it('A1: are part of what the hash covers', async () => {
    const id = await server.newApplication(owner);
    const [event] = await eventsOf(id);
    expect(event && hashOfEvent(event)).toBe(event?.hash);
    expect(event && digestOfEvent(event)).toBe(event?.personalDigest);
    const events = server.dataSource.getRepository(AuditEvent);
    for (const forged of [{ actorUsername: 'somebody' }, { actorMemberId: member.uuid }, { actorMemberId: null }]) {
      const row = await events.findOneByOrFail({ targetId: id });
      await events.update({ id: row.id }, forged);
      expect(await isValid()).toBe(false);
      await events.update({ id: row.id }, { actorUsername: row.actorUsername, actorMemberId: row.actorMemberId });
      expect(await isValid()).toBe(true);
    }
  });

  it.each([
    [
      'written by a former version',
      { actorMemberId: null, actorUsername: null, personalSalt: null, personalDigest: null },
    ],
    ['sealed by a former version', {}],
  ])('a chain %s verifies, shows no names, and can be followed from the export', async (_, asWritten) => {
    await server.sealed();
    const events = server.dataSource.getRepository(AuditEvent);
    const all = await events.find({ where: { merchantId: owner.merchantId }, order: { sequence: 'ASC' } });
    const former = { personalSalt: null, personalDigest: null };
    let previousHash = '0'.repeat(64);
    for (const event of all) {
      const nameless = { ...event, ...former, actorMemberId: null, actorUsername: null, previousHash };
      const hash = hashRecord(nameless);
      await events.update({ id: event.id }, { ...asWritten, previousHash, hash });
      previousHash = hash;
    }
    await server.dataSource.getRepository(AuditChain).update({ merchantId: owner.merchantId }, { hash: previousHash });
    expect(await isValid()).toBe(true);
    for (const event of await exported()) {
      expect(hashOfEvent(event)).toBe(event.hash);
      expect(Object.keys(event)).not.toContain('personalDigest');
      expect(Object.keys(event.actor)).toEqual(['kind', 'accountId', 'keyId']);
    }
    await server.newApplication(owner);
    await server.sealed();
    expect(await isValid()).toBe(true);
    expect((await exported()).at(-1)?.actor).toMatchObject({ memberId: owner.uuid });
  });
});
