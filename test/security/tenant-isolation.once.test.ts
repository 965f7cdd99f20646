/** Guarantee: nothing of one merchant is ever visible to, or changed by, another, on any operation, by path, query or body. */

import { Merchant } from '../../src/accounts/merchant.entity.js';
import { OPERATIONS } from '../support/operations.js';
import { TestServer } from '../support/server.js';
import {
  bodiesOf,
  bodiesNaming,
  credentialOf,
  hasIdsInBody,
  idsIn,
  idsInQuery,
  idsOf,
  newTenant,
  pathOf,
  queryValue,
  rowsWith,
  type Tenant,
} from '../support/tenants.js';

const WITH_IDS = OPERATIONS.filter((operation) => idsIn(operation).length > 0);
const WITH_QUERIES = OPERATIONS.filter((operation) => idsInQuery(operation).length > 0);
/** Operations without a login have no caller of another merchant. */
const WITH_BODIES = OPERATIONS.filter(({ body, schemes }) => body !== null && schemes.length > 0).filter(hasIdsInBody);

/** Every route of the document that takes an id, called by the owner of another merchant. */
describe('tenants', () => {
  let server: TestServer;
  let stranger: Tenant;
  let victim: Tenant;
  let before: string[];
  beforeAll(async () => {
    server = await TestServer.start({ WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/24' });
    stranger = await newTenant(server, await server.newMerchant());
    victim = await newTenant(server, await server.newMerchant());
  });
  afterAll(() => server.stop());

  const victimsRows = () => rowsWith(server.dataSource, idsOf(victim));
  const rowsChanged = async (): Promise<string[]> => {
    const after = await victimsRows();
    return [...before.filter((row) => !after.includes(row)), ...after.filter((row) => !before.includes(row))];
  };
  beforeEach(async () => {
    // An operation may have deleted the merchant.
    const id = victim.user.merchantId;
    const isThere = await server.dataSource.getRepository(Merchant).existsBy({ id, status: 'active' });
    if (!isThere) victim = await newTenant(server, await server.newMerchant());
    // What the server still has to write of earlier requests is no change of this one's.
    await server.flushed();
    await server.sealed();
    before = await victimsRows();
    expect(before.length).toBeGreaterThan(idsOf(victim).length);
  });

  it.each(WITH_IDS)(
    "$method $path refuses another merchant's ids as documented, and changes nothing",
    async (operation) => {
      const documented = [403, 404].filter((status) => operation.statuses.includes(status));
      const count = idsIn(operation).length;
      // Each way to put the other's ids into the path, but the one with none of them.
      for (let plan = 1; plan < 2 ** count; plan += 1) {
        const path = pathOf(operation, stranger, victim, (at) => (plan & (1 << at)) !== 0);
        for (const json of bodiesOf(operation)) {
          const credential = credentialOf(operation, stranger);
          const send = (to: string) => server.call(operation.method, to, { ...credential, json });
          const { status } = await send(path);
          // A body that is wrong wherever it goes says nothing of whose the ids are.
          const isWrong =
            status === 400 && (await send(pathOf(operation, stranger, stranger, () => false))).status === 400;
          if (!isWrong) expect(documented).toContain(status);
        }
      }
      expect(await rowsChanged()).toEqual([]);
    },
  );

  it.each(WITH_IDS)('$method $path accepts the same request from the owner of these ids', async (operation) => {
    const things = await newTenant(server, victim.user);
    const statuses: number[] = [];
    for (const json of bodiesOf(operation)) {
      // Support does what the owner's level doesn't suffice for.
      for (const user of [victim.user, server.admin]) {
        const basic = (await server.newPersonalKey(user)).basic;
        const credential = credentialOf(operation, { user, basic, verifier: things.verifier, portal: things.portal });
        const path = pathOf(operation, things, things, () => false);
        statuses.push((await server.call(operation.method, path, { ...credential, json })).status);
      }
    }
    const isRight = (status: number) => status < 400 || [409, 412, 422].includes(status);
    expect([statuses, statuses.some(isRight)]).toEqual([statuses, true]);
  });

  it.each(WITH_QUERIES)(
    "$method $path shows and changes nothing when its query names another merchant's",
    async (operation) => {
      for (const name of idsInQuery(operation)) {
        const path = operation.path.includes('{') ? pathOf(operation, stranger, stranger, () => false) : operation.path;
        const named = { ...operation.requiredQuery, [name]: queryValue(operation, name, victim) };
        const query = new URLSearchParams(named).toString();
        for (const json of bodiesOf(operation)) {
          const options = { ...credentialOf(operation, stranger), json };
          const { status, text } = await server.call(operation.method, `${path}?${query}`, options);
          if (name === 'merchantId') expect([query, status]).toEqual([query, 403]);
          expect(status).toBeLessThan(500);
          for (const id of idsOf(victim)) expect(text).not.toContain(id);
        }
      }
      expect(await rowsChanged()).toEqual([]);
    },
  );

  it.each(WITH_BODIES)("$method $path changes nothing when its body names another merchant's", async (operation) => {
    const path = operation.path.includes('{') ? pathOf(operation, stranger, stranger, () => false) : operation.path;
    const statuses: number[] = [];
    for (const json of bodiesNaming(operation, victim)) {
      const options = { ...credentialOf(operation, stranger), json };
      const { status } = await server.call(operation.method, path, options);
      statuses.push(status);
    }
    expect(await rowsChanged()).toEqual([]);
    // At least one of them is looked at for whose the ids are, and not refused for what is wrong wherever it goes.
    // OAuth takes no client in the body beside the one that asks.
    const isRight = (status: number) => status < 500 && (status !== 400 || operation.path.startsWith('/oauth/'));
    expect([statuses, statuses.some(isRight)]).toEqual([statuses, true]);
    expect(statuses.filter((status) => status >= 500)).toEqual([]);
  });
});
