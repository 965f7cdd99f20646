import { randomBytes } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { Passkey } from '../../src/accounts/second-factors/passkey.entity.js';
import type { RequestOptions } from './http.js';
import { foreignKey, importLines, sha256Row } from './imports.js';
import { exampleOf, leastOf, resolved, type Operation, type Schema } from './operations.js';
import { isForEndUsers, newPortal, type TestPortal } from './portal.js';
import type { TestServer, User } from './server.js';
import { claimsOf } from './tokens.js';
import { isForVerifiers, newVerifier, type TestVerifier } from './verifiers.js';

/** What a merchant has, by what the document calls the place where its id stands. */
export interface Tenant {
  user: User;
  /** A personal key, for HTTP Basic. */
  basic: string;
  application: string;
  fullKey: string;
  pair: string;
  personalKey: string;
  member: string;
  service: string;
  webhook: string;
  delivery: string;
  /** The format of an imported key. */
  importFormat: string;
  /** A login of the user's, beside the one that the user's token names. */
  session: string;
  verifier: TestVerifier;
  portal: TestPortal;
  /** A passkey of the user's, which no login asks for. */
  passkey: string;
}

let hosts = 0;

/** The server's webhooks must be allowed to reach 127.0.0.0/24. */
export async function newTenant(server: TestServer, user: User): Promise<Tenant> {
  const application = await server.newApplication(user);
  const { body } = await server.call('POST', '/api/clients/generate-service-id', { token: user.token });
  // Nobody is there, and nothing that happens is told: what becomes of a trial is known when it is answered. Trials are limited per host.
  hosts = (hosts % 250) + 1;
  const json = { url: `http://127.0.0.${hosts}:9/`, events: ['api_key.exposed'] };
  const webhook = (await server.call('POST', '/api/v1/webhooks', { token: user.token, json })).body.id;
  const trial = await server.call('POST', `/api/v1/webhooks/${webhook}/test`, { token: user.token });
  const other = await server.logIn(user.email, user.password);
  await importLines(server, user, [sha256Row(foreignKey())]);
  const formats = await server.call('GET', '/api/v1/import-formats', { token: user.token });
  return {
    user,
    basic: (await server.newPersonalKey(user)).basic,
    application,
    fullKey: (await server.newFullKey(user, application)).id,
    pair: (await server.newPair(user)).id,
    personalKey: (await server.newPersonalKey(user)).key,
    member: (await server.newMember(user, 'readSome')).uuid,
    service: body.data.SERVICE_ID,
    webhook,
    delivery: trial.body.id,
    importFormat: formats.body.items[0].id,
    session: (claimsOf(other.token) as { sid: string }).sid,
    verifier: await newVerifier(server, user),
    portal: await newPortal(server, user),
    passkey: await newPasskey(server, user),
  };
}

/** A row alone: with a second factor, the account could not log in by its password. */
async function newPasskey({ dataSource, clock }: TestServer, { accountId }: User): Promise<string> {
  const id = randomBytes(32).toString('hex');
  await dataSource.getRepository(Passkey).insert({
    ...{ id, accountId, name: 'A key', credentialId: 'AA', publicKey: 'AA' },
    ...{ signatureCount: 0, transports: [], createdAt: clock.now(), lastUsedAt: null },
  });
  return id;
}

type Source = (tenant: Tenant) => unknown;

/** Where the id in a path comes from, by what stands before it. A new kind of thing needs a line here. */
const IN_PATHS: [RegExp, Source][] = [
  [/^\/api\/v1\/merchants\/$/, ({ user }) => user.merchantId],
  [/^\/api\/v1\/members\/$/, ({ member }) => member],
  [/^\/api\/v1\/applications\/$/, ({ application }) => application],
  [/^\/api\/v1\/(applications\/\{id\}\/)?api-keys\/$/, ({ fullKey }) => fullKey],
  [/^\/api\/v1\/import-formats\/$/, ({ importFormat }) => importFormat],
  [/^\/api\/v1\/shared-limits\/$/, ({ fullKey }) => fullKey],
  [/^\/api\/clients\/api-keys\/$/, ({ pair }) => pair],
  [/^\/api\/v1\/sessions\/$/, ({ session }) => session],
  [/^\/api\/v1\/second-factor\/passkeys\/$/, ({ passkey }) => passkey],
  [/^\/api\/v1\/portal-sessions\/$/, ({ portal }) => portal.id],
  [/^\/api\/v1\/portal\/keys\/$/, ({ portal }) => portal.key],
  [/^\/api\/v1\/housekeeping\/$/, () => 'rate_counts'],
  [/^\/api\/v1\/verifiers\/$/, ({ verifier }) => verifier.id],
  [/^\/api\/v1\/webhooks\/$/, ({ webhook }) => webhook],
  [/^\/api\/v1\/webhooks\/\{id\}\/deliveries\/$/, ({ delivery }) => delivery],
  [/^\/apikeys\/$/, ({ personalKey }) => personalKey],
];

/** The same for queries and bodies, by the name. */
const BY_NAME: [RegExp, Source][] = [
  [/^merchantId$/, ({ user }) => user.merchantId],
  [/^application(Id)?$/, ({ application }) => application],
  [/^(targetId|responsibleId)$/, ({ member }) => member],
  [/^actorId$/, ({ user }) => String(user.accountId)],
  [/^id$/, ({ user }) => user.accountId],
  [/^client_id$/, ({ fullKey }) => fullKey],
  [/^service_id$/, ({ service }) => service],
  [/^(ids|keyIds)$/, ({ fullKey, pair }) => [fullKey, pair]],
  [/^api_key_ids$/, ({ pair }) => [pair]],
];

/** Names of fields that hold an id; an external id is none. */
const IS_ID = /^(?!externalId$)(application|ids?|.*(Ids?|_ids?))$/;

const isSecret = (path: string): boolean => path.startsWith('/confirm/');

/** The tenants' ids that an operation's path can hold; a secret, a name that every merchant chooses for itself, or that of a job, is none. */
export const idsIn = ({ path }: Operation): string[] =>
  isSecret(path) ? [] : [...path.matchAll(/\{(?!externalId|job\})\w+\}/g)].map(({ index }) => path.slice(0, index));

export const idsInQuery = ({ query }: Operation): string[] => query.filter((name) => IS_ID.test(name));

function sourceIn(list: [RegExp, Source][], place: string, operation: Operation): Source {
  const [, source] = list.find(([places]) => places.test(place)) ?? [];
  if (source) return source;
  throw new Error(
    `${operation.method} ${operation.path}: test/support/tenants.ts doesn't know whose id stands at "${place}".`,
  );
}

/** The path with ids in it: of `others` for the parameters whose places `isOthers` says, of `own` for the rest. */
export function pathOf(operation: Operation, own: Tenant, others: Tenant, isOthers: (at: number) => boolean): string {
  let at = -1;
  return operation.path.replaceAll(/\{\w+\}/g, (_, index: number) => {
    at += 1;
    const source = sourceIn(IN_PATHS, operation.path.slice(0, index), operation);
    return String(source(isOthers(at) ? others : own));
  });
}

export const queryValue = (operation: Operation, name: string, tenant: Tenant): string =>
  String(sourceIn(BY_NAME, name, operation)(tenant));

/** Right bodies, from the examples: with everything, and with no more than what must be there. */
export const bodiesOf = ({ body }: Operation): unknown[] => (body ? [exampleOf(body), leastOf(body)] : [undefined]);

/**
 * Right bodies with a tenant's ids: one with everything, and one for each place where an id can stand, at any depth, with no more beside it
 * than must be there. None when there is no such place.
 */
export function bodiesNaming(operation: Operation, tenant: Tenant): object[] {
  if (!operation.body) return [];
  const { properties = {} } = resolved(operation.body);
  const named = naming(operation, operation.body, tenant);
  const names = Object.keys(properties).filter((name) => IS_ID.test(name));
  if (names.length > 0) named.push({ ...(exampleOf(operation.body) as object), ...Object.assign({}, ...named) });
  // A bulk change requires the number of keys; of another merchant's there are none.
  return properties.expectedCount
    ? named.flatMap((body) => [0, 1, 2].map((expectedCount) => ({ ...body, expectedCount })))
    : named;
}

/** Whether an id can stand in an operation's body, at any depth. */
export const hasIdsInBody = ({ body }: Operation): boolean => body !== null && hasIds(body);

function hasIds(schema: Schema): boolean {
  const { properties = {} } = resolved(schema);
  return Object.entries(properties).some(([name, its]) => IS_ID.test(name) || hasIds(resolved(its).items ?? its));
}

function naming(operation: Operation, schema: Schema, tenant: Tenant): object[] {
  const { properties = {} } = resolved(schema);
  const least = leastOf(schema) as object;
  return Object.entries(properties).flatMap(([name, its]) => {
    if (IS_ID.test(name)) return [{ ...least, [name]: sourceIn(BY_NAME, name, operation)(tenant) }];
    const { items } = resolved(its);
    const within = items ? naming(operation, items, tenant).map((item) => [item]) : naming(operation, its, tenant);
    return within.map((value) => ({ ...least, [name]: value }));
  });
}

export function credentialOf(
  operation: Operation,
  { user, basic, verifier, portal }: Pick<Tenant, 'user' | 'basic' | 'verifier' | 'portal'>,
): RequestOptions {
  const { schemes } = operation;
  if (schemes.length === 0) return {};
  if (isForVerifiers(operation)) return { token: verifier.key };
  if (isForEndUsers(operation)) return { token: portal.token };
  return schemes.includes('loginToken') ? { token: user.token } : { basic };
}

/** Ids by which rows are told to be a tenant's. */
export function idsOf({ user, ...ids }: Tenant): string[] {
  const { application, fullKey, pair, personalKey, member, webhook, delivery, session, passkey, verifier, portal } =
    ids;
  return [
    user.merchantId,
    user.uuid,
    application,
    fullKey,
    pair,
    personalKey,
    member,
    webhook,
    delivery,
    session,
    passkey,
    verifier.id,
    portal.id,
    portal.key,
  ];
}

/** Every row, of any table, in which one of these ids stands. */
export async function rowsWith(source: DataSource, ids: string[]): Promise<string[]> {
  const tables = source.entityMetadatas.map(async ({ tableName }) => {
    const rows = await source.query<object[]>(`SELECT * FROM ${tableName}`);
    // What waits for the journal is cleared some time after a revocation.
    return rows.map((row) => `${tableName} ${JSON.stringify({ ...row, revocation: undefined })}`);
  });
  return (await Promise.all(tables))
    .flat()
    .filter((row) => ids.some((id) => row.includes(id)))
    .sort();
}
