// Rows read and written by the row mapper, against TypeORM's repositories and query builders. In a process of its own, on DATABASE_URL.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { IsNull } from 'typeorm';
import {
  Account,
  AccountsService,
  advance,
  ApiKey,
  Application,
  CachedKeyReader,
  createDataSource,
  insertOrChange,
  insertRows,
  KeyRevision,
  Merchant,
  migrate,
  readRow,
  RevokedSession,
  TABLES,
} from './build.js';
import { compare } from './compare.js';

const { engine, rounds, times } = JSON.parse(process.argv[2]);
const source = await createDataSource(process.env.DATABASE_URL, TABLES).initialize();
await migrate(source);
const { manager } = source;
const accounts = source.getRepository(Account);
const keys = source.getRepository(ApiKey);

const now = new Date();
const base = { createdAt: now, updatedAt: now };
const merchantId = randomUUID();
const applicationId = randomUUID();
await manager.insert(Merchant, {
  ...{ ...base, id: merchantId, clientId: '12345678', name: 'Bench', status: 'active', details: {} },
});
await manager.insert(Application, {
  ...{ ...base, id: applicationId, merchantId, name: 'bench', isEnabled: true, environment: 'live' },
});
await manager.insert(Account, {
  ...{ ...base, merchantId, uuid: randomUUID(), username: 'bench', email: 'bench@example.com', language: 'en' },
  ...{ role: 'admin', status: 1, consent: 1 },
});
const [{ id: accountId }] = await accounts.find();

let made = 0;
function newKey() {
  const key = new ApiKey();
  for (const { propertyName } of keys.metadata.columns) key[propertyName] = null;
  return Object.assign(key, {
    ...{ ...base, id: randomUUID(), publicId: `ks_live_${(made += 1).toString(36).padStart(16, '0')}`, version: 1 },
    ...{ surface: 'merchants', merchantId, accountId, applicationId, environment: 'live', name: 'A key' },
    ...{ level: 4, scopes: ['payments:read'], secretHash: 'x'.repeat(64), pepperId: 'p1', lastFour: 'abcd' },
    ...{ rateLimit: 100, rateWindowSeconds: 60, isActive: true, selfRotate: false },
  });
}
const newKeys = (count) => Array.from({ length: count }, newKey);
const stored = newKeys(500);
await insertRows(manager, ApiKey, stored);
const keyAt = (n) => stored[n % stored.length];

/** @param rows that one operation writes: of many there are fewer operations */
const against = (name, rows, own, library) =>
  compare(`${name}, ${engine}`, { rounds, times: Math.ceil(times / rows) }, own, library);

async function againstSame(name, own, library) {
  assert.deepEqual(await own(0), await library(0));
  await against(name, 1, own, library);
}

await againstSame(
  'reading a key by its id, against findOneBy',
  (n) => readRow(manager, ApiKey, keyAt(n).id),
  (n) => keys.findOneBy({ id: keyAt(n).id }),
);

const service = new AccountsService(accounts);
await againstSame(
  'reading an account with its merchant, against findOne',
  () => service.find(accountId),
  () => accounts.findOne({ where: { id: accountId, deletedAt: IsNull() }, relations: { merchant: true } }),
);

const CHOSEN = {
  k: [
    ...['id', 'publicId', 'secretHash', 'pepperId', 'surface', 'merchantId', 'accountId', 'applicationId', 'serviceId'],
    ...['environment', 'name', 'level', 'scopes', 'expiresAt', 'isActive', 'deletedAt', 'allowedIps', 'rateLimit'],
    ...['rateWindowSeconds', 'quotaLimit', 'quotaPeriod', 'previousPublicId', 'previousSecretHash', 'previousPepperId'],
    ...['previousValidUntil', 'previousEndsOnFirstUse'],
  ],
  m: ['id', 'clientId', 'status'],
  a: ['id', 'isEnabled'],
  o: ['id', 'uuid', 'role', 'status', 'consent', 'deletedAt'],
  s: ['id'],
};
// Built once, as the own statement is.
const query = keys
  .createQueryBuilder('k')
  .leftJoinAndMapOne('k.merchant', Merchant, 'm', 'm.id = k.merchantId')
  .leftJoinAndMapOne('k.application', Application, 'a', 'a.id = k.applicationId')
  .leftJoinAndMapOne('k.owner', Account, 'o', 'o.id = k.accountId')
  .leftJoinAndMapMany('k.sessions', RevokedSession, 's', 's.keyId = k.id')
  .select(Object.entries(CHOSEN).flatMap(([alias, properties]) => properties.map((name) => `${alias}.${name}`)))
  .where('k.publicId = :publicId OR k.previousPublicId = :publicId');
const reader = new CachedKeyReader(keys);
await against(
  'reading what decides about a key, against a query builder',
  1,
  (n) => reader.read(keyAt(n).publicId),
  (n) => query.setParameters({ publicId: keyAt(n).publicId }).getOne(),
);

const insertBuilder = (rows) => manager.createQueryBuilder().insert().into(ApiKey).values(rows).updateEntity(false);
for (const [name, count] of [
  ['a key', 1],
  ['50 keys', 50],
])
  await against(
    `inserting ${name}, against a query builder`,
    2 * count,
    () => insertRows(manager, ApiKey, newKeys(count)),
    () => insertBuilder(newKeys(count)).execute(),
  );
const some = stored.slice(0, 50);
await against(
  'changing 50 keys by an insert, against a query builder',
  100,
  () => insertOrChange(manager, ApiKey, some, ['name', 'level']),
  () => insertBuilder(some).orUpdate(['name', 'level'], ['id']).execute(),
);

await against(
  'advancing a counter, against increment and findOneBy',
  2,
  () => source.transaction((tx) => advance(tx, KeyRevision, 1, 'value', 1)),
  () =>
    source.transaction(async (tx) => {
      await tx.increment(KeyRevision, { id: 1 }, 'value', 1);
      return (await tx.findOneByOrFail(KeyRevision, { id: 1 })).value;
    }),
);

await source.destroy();
