import { AuditEvent } from '../src/audit/audit-event.entity.js';
import { onEngine } from './support/engine.js';
import { TestServer, type User } from './support/server.js';

onEngine('audit trail', () => {
  let server: TestServer;
  let user: User;
  beforeAll(async () => {
    server = await TestServer.start();
    user = await server.newMerchant();
  });
  afterAll(() => server.stop());

  it('gives concurrent changes places without gaps', async () => {
    await Promise.all(Array.from({ length: 40 }, () => server.newApplication(user)));
    await server.sealed();
    const events = await server.dataSource
      .getRepository(AuditEvent)
      .find({ where: { merchantId: user.merchantId }, order: { sequence: 'ASC' } });
    expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index + 1));
  });
});
