/** Guarantees: every operation of the document is reached by a method, and by the credential that it takes. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { Keywright } from '@keywright/sdk';

const { paths } = JSON.parse(readFileSync(new URL('../../../openapi.json', import.meta.url), 'utf8'));
const OPERATIONS = Object.entries(paths).flatMap(([path, item]) =>
  Object.entries(item)
    .filter(([, { operationId }]) => operationId)
    .map(([method, { operationId, security }]) => ({
      operationId,
      method: method.toUpperCase(),
      path,
      schemes: (security ?? []).flatMap((scheme) => Object.keys(scheme)),
    })),
);

/** The most specific of the paths that fit. */
function findOperation(method, pathname) {
  const fits = ({ path }) => new RegExp(`^${path.replace(/[.]/g, '\\.').replace(/\{\w+\}/g, '[^/]+')}$`).test(pathname);
  return OPERATIONS.filter((one) => one.method === method && fits(one)).sort(
    (a, b) => a.path.split('{').length - b.path.split('{').length,
  )[0];
}

/** Calls every method of every resource; none gets an answer. @returns what was sent */
async function callEverything(credential) {
  const sent = [];
  const fetch = (url, { method, headers }) => {
    sent.push({
      ...findOperation(method, new URL(url).pathname),
      authorization: headers.get('Authorization') ?? undefined,
    });
    return Promise.resolve(new Response('{"items":[],"data":[]}'));
  };
  const keywright = new Keywright({ url: 'https://keys.example.com', fetch, ...credential });
  for (const resource of Object.values(keywright))
    for (const name of Object.getOwnPropertyNames(Object.getPrototypeOf(resource)))
      if (name !== 'constructor')
        try {
          const result = resource[name]('p1', 'p2', {});
          if (Symbol.asyncIterator in result) await result[Symbol.asyncIterator]().next();
          else await result;
        } catch (error) {
          assert.equal(error.code, 'client.credential_unsuitable', `${name}: ${error.stack}`);
        }
  return sent;
}

const CREDENTIALS = {
  loginToken: [{ token: 'T' }, 'Bearer T'],
  bearerKey: [{ key: 'ks_live_x' }, 'Bearer ks_live_x'],
  keyPair: [{ key: 'key:secret' }, 'Basic a2V5OnNlY3JldA=='],
  session: [{ session: 'S' }, 'Bearer S'],
  portalToken: [{ portal: 'P' }, 'Bearer P'],
};

describe('every operation of the document', () => {
  it('is reached by a method', async () => {
    const reached = new Set();
    for (const [credential] of Object.values(CREDENTIALS))
      for (const { operationId } of await callEverything(credential)) reached.add(operationId);
    assert.deepEqual([...reached].sort(), OPERATIONS.map(({ operationId }) => operationId).sort());
    assert.ok(reached.size > 100);
  });

  for (const [scheme, [credential, expected]] of Object.entries(CREDENTIALS))
    it(`that takes ${scheme} gets it, and a public one gets no credential`, async () => {
      const sent = await callEverything(credential);
      const taking = OPERATIONS.filter(({ schemes }) => schemes.includes(scheme)).map(({ operationId }) => operationId);
      const got = new Map(sent.map(({ operationId, authorization }) => [operationId, authorization]));
      // A key that is one text is a user name without a password where nothing but HTTP Basic is taken.
      for (const operationId of taking) assert.equal(got.get(operationId), expected, operationId);
      for (const { operationId, schemes, authorization } of sent)
        if (schemes.length === 0) assert.equal(authorization, undefined, operationId);
    });
});
