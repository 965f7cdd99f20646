/** Guarantee: no text that is stored holds control characters or what makes it look like another one. Generated from the document. */

import { expectEnvelope } from '../support/envelope.js';
import { exampleOf, OPERATIONS, resolved, type Schema } from '../support/operations.js';
import { TestServer, type User } from '../support/server.js';
import { newPortal } from '../support/portal.js';
import { newVerifierKey } from '../support/verifiers.js';

const REFUSED = [
  '\u202e',
  '\u2066',
  '\u200b',
  '\u2028',
  '\u0000',
  '\u0007',
  '\n',
  '\u001b',
  '\u007f',
  '\u0085',
  '\ufeff',
  '\u00ad',
];

const TAKEN = ['Zoë', 'שלום', 'שלום\u200f', 'نام‌من', 'क्‍ष', '👩‍👩‍👧', '日本', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', 'O’Brien & Söhne'];

/** What is compared and hashed, or has a form that no such character has anyway and is not refused by its field's name. */
const NOT_STORED = /password|secret|token|service_id|^keys?$|grant_type|client_id/i;

/** Routes that look something up by what they are sent. */
const LOOK_UPS = [
  '/api/auth/login',
  '/api/v1/auth/login',
  '/login',
  '/signin',
  '/console/session',
  '/console/session/oidc',
];

/** Where free texts stand in a body. */
function textsIn(schema: Schema, path: string[] = []): string[][] {
  const { properties, type, enum: choices } = resolved(schema);
  if (properties) return Object.entries(properties).flatMap(([name, itsSchema]) => textsIn(itsSchema, [...path, name]));
  return type === 'string' && !choices && path.length > 0 && path.every((name) => !NOT_STORED.test(name)) ? [path] : [];
}

function withText(body: unknown, [name = '', ...rest]: string[], change: (text: string) => string): unknown {
  const object = body as Record<string, unknown>;
  return { ...object, [name]: rest.length === 0 ? change(String(object[name])) : withText(object[name], rest, change) };
}

const CASES = OPERATIONS.filter(({ path }) => !LOOK_UPS.includes(path)).flatMap((operation) =>
  operation.body && !operation.contentType?.includes('ndjson')
    ? textsIn(operation.body).map((place) => ({ ...operation, place, field: place.join('.') }))
    : [],
);

describe('a text that deceives its reader', () => {
  let server: TestServer;
  let owner: User;
  let ids: Record<string, string>;
  beforeAll(async () => {
    server = await TestServer.start({ EXPOSURE_RATE_LIMIT_PER_MINUTE: '0' });
    owner = await server.newMerchant();
    const application = await server.newApplication(owner);
    const json = { url: 'http://127.0.0.1:9/hook', events: ['*'] };
    ids = {
      application,
      key: (await server.newFullKey(owner, application)).id,
      member: (await server.newMember(owner, 'readSome')).uuid,
      merchant: owner.merchantId,
      webhook: (await server.call('POST', '/api/v1/webhooks', { token: owner.token, json })).body.id,
    };
  });
  afterAll(() => server.stop());

  const fill = (path: string): string =>
    path
      .replace('/applications/{id}', `/applications/${ids.application}`)
      .replace('/members/{id}', `/members/${ids.member}`)
      .replace('/merchants/{id}', `/merchants/${ids.merchant}`)
      .replace('/webhooks/{id}', `/webhooks/${ids.webhook}`)
      .replace('{keyId}', ids.key ?? '');

  it('could stand in many fields', () => {
    expect(CASES.length).toBeGreaterThan(30);
  });

  it.each(CASES)('is refused in $field of $method $path', async ({ method, path, headers, body, place }) => {
    for (const character of REFUSED) {
      const json = withText(exampleOf(body ?? {}), place, (text) => `${text.slice(0, 2)}${character}${text.slice(2)}`);
      const { token } = path.startsWith('/api/v1/merchants')
        ? server.admin
        : path.startsWith('/api/v1/verifiers')
          ? { token: await newVerifierKey(server, owner) }
          : path.startsWith('/api/v1/portal/')
            ? await newPortal(server, owner)
            : owner;
      const scheme = path.endsWith('/key') ? { basic: (await server.newPersonalKey(owner)).basic } : { token };
      const answer = await server.call(method, fill(path), { ...scheme, headers, json });
      expect([character, answer.status]).toEqual([character, 400]);
      expectEnvelope(path, answer);
    }
  });

  it.each(TAKEN)('is not %s', async (name) => {
    const { status, body } = await server.call('POST', '/api/v1/applications', { token: owner.token, json: { name } });
    expect([status, body.name]).toEqual([201, name]);
  });

  it('is refused with the character that cannot be seen', async () => {
    const json = { name: 'Shop \u202eexe' };
    const { body } = await server.call('POST', '/api/v1/applications', { token: owner.token, json });
    expect(body.details).toEqual([{ field: 'name', message: 'name must not hold the character U+202E' }]);
  });
});
