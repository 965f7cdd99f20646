/**
 * Contract G8, over every operation of the OpenAPI document that may change something: whatever a weaker caller sends, a stronger account logs in
 * as before, and its keys are good for what they were. Levels are compared by the server; what an engine takes for the same name is the concern of
 * `spellings.test.ts`.
 */

import { ROLES, type Role } from '../../src/access/levels.js';
import { bodyVariants } from '../support/body-variants.js';
import type { RequestOptions } from '../support/http.js';
import { OPERATIONS, type Operation } from '../support/operations.js';
import { isForEndUsers, newPortal } from '../support/portal.js';
import { isForVerifiers, newVerifierKey } from '../support/verifiers.js';
import { TestServer, type User } from '../support/server.js';
import { Stronger } from '../support/stronger.js';

const WEAKER = ['readSome', 'readOnly', 'writeSome', 'user', 'bughunter', 'support'] as const satisfies Role[];

const CHANGING = OPERATIONS.filter(({ method }) => method !== 'GET');

/** What a request without the right to change anything is answered with. */
const UNREAD = [400, 401, 415];

describe('no weaker caller ends, narrows or changes what is stronger', () => {
  let server: TestServer;
  let stronger: Stronger;
  /** Whether a request since has been accepted, even of the account's own keys. */
  let isTouched = true;
  const members = new Map<Role, User>();
  beforeAll(async () => {
    server = await TestServer.start({ EXPOSURE_RATE_LIMIT_PER_MINUTE: '0' });
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    if (isTouched) stronger = await Stronger.in(server);
    isTouched = true;
    for (const role of WEAKER) members.set(role, await fresh(members.get(role), role));
  });

  /** The member as long as its login token is good, else another one. */
  async function fresh(member: User | undefined, role: Role): Promise<User> {
    const { token } = member ?? {};
    const account = token === undefined ? null : (await server.call('GET', '/whoami/jwt', { token })).body.account;
    const isGood = account?.role === role && account.consent > 0;
    return member && isGood ? member : server.newMember(server.admin, role);
  }

  /** Callers weaker than the account, in the way that the operation asks for. */
  async function callersOf(operation: Operation): Promise<[string, RequestOptions][]> {
    const { schemes, path } = operation;
    if (schemes.length === 0) return [['nobody', {}]];
    if (isForVerifiers(operation))
      return [['another key for verifiers', { token: await newVerifierKey(server, server.admin) }]];
    if (isForEndUsers(operation))
      return [['an end user of its merchant', { token: (await newPortal(server, server.admin)).token }]];
    const tokens = WEAKER.map((role): [string, RequestOptions] => [
      `the role ${role}`,
      { token: members.get(role)?.token },
    ]);
    if (!schemes.includes('keyPair')) return tokens;
    const own = stronger.weakKeys.map((basic, level): [string, RequestOptions] => [
      `its key of level ${level}`,
      { basic },
    ]);
    const others: [string, RequestOptions][] = [];
    for (const role of WEAKER.filter((each) => ROLES[each] >= 4)) {
      const member = members.get(role);
      if (!member) continue;
      const { basic } = await server.newPersonalKey(member, ROLES[role]);
      others.push([`a key of the role ${role}`, { basic }]);
    }
    return path.endsWith('/key') || schemes.length === 1 ? [...own, ...others] : [...tokens, ...own, ...others];
  }

  /** The paths that name something of the account, with each query that they take. */
  function pathsOf({ path, query }: Operation): string[] {
    let paths = [path];
    for (const [parameter] of path.matchAll(/\{\w+\}/g)) {
      const until = path.slice(0, path.indexOf(parameter) + parameter.length);
      const known = Object.keys(stronger.parameters).filter((each) => until.endsWith(each));
      const ids = stronger.parameters[known.toSorted((a, b) => b.length - a.length)[0] ?? ''];
      if (!ids)
        throw new Error(`Nothing fills ${parameter} of ${path}: add an id of the account to Stronger.parameters.`);
      paths = paths.flatMap((one) => ids.map((id) => one.replace(parameter, id)));
    }
    const queries = query.map((name) => {
      const values = queryValues()[name];
      if (!values) throw new Error(`Nothing fills ${name} in the query of ${path}.`);
      return values.map((value) => (value === null ? '' : `${name}=${value}`));
    });
    const combined = queries.reduce<string[]>(
      (some, values) => some.flatMap((one) => values.map((value) => [one, value].filter(Boolean).join('&'))),
      [''],
    );
    return paths.flatMap((one) => combined.map((text) => (text === '' ? one : `${one}?${text}`)));
  }

  const queryValues = (): Record<string, (string | null)[]> => ({
    dryRun: [null],
    keys: [null, 'suspend'],
    merchantId: [null, stronger.elsewhere.merchantId],
    responsibleId: [null, members.get('user')?.uuid ?? ''],
    token: ['bogus'],
  });

  const bodyValues = (path: string): Record<string, unknown[]> => ({
    ...(path.endsWith('/verify/batch') && { keys: [[{ key: 'garbage' }]] }),
    ids: [stronger.ofTheMerchant],
    api_key_ids: [[stronger.ids.pair]],
    filter: [undefined],
    expectedCount: [stronger.ofTheMerchant.length],
    dryRun: [undefined],
    username: [stronger.account.email, 'thief'],
    email: [stronger.account.email],
    password: ['the password of a thief'],
    role: ['readSome', 'user'],
    applicationId: [stronger.application],
    responsibleId: [members.get('user')?.uuid],
  });

  const bodiesOf = ({ path, body }: Operation): unknown[] => [
    ...bodyVariants(body, bodyValues(path)),
    // What is chosen by a filter excludes a choice by ids.
    ...(path.includes('/bulk-') ? [{ filter: stronger.filter, expectedCount: stronger.ofTheMerchant.length }] : []),
  ];

  it.each(CHANGING)('$method $path', async (operation) => {
    const state = await stronger.state();
    const answers: { caller: string; path: string; status: number }[] = [];
    for (const [caller, credential] of await callersOf(operation))
      for (const path of pathsOf(operation))
        for (const body of bodiesOf(operation)) {
          const sent = operation.contentType?.includes('form')
            ? { form: body as Record<string, string> }
            : { json: body };
          const options = { ...credential, ...(body !== undefined && sent) };
          answers.push({ caller, path, status: (await server.call(operation.method, path, options)).status });
        }
    const accepted = answers.filter(({ status }) => status < 400);
    isTouched = accepted.length > 0;
    expect({ accepted, state: await stronger.state() }).toEqual({ accepted, state });
    expect(await stronger.logins()).toEqual([200, 200, 200]);
    // Without an authenticator, no code and no passkey is right.
    if (operation.schemes.length > 0 && !/second-factor\/(totp\/confirm|passkeys)$/.test(operation.path))
      expect(answers.filter(({ status }) => !UNREAD.includes(status))).not.toEqual([]);
  });
});
