/** The small functions that the package has of its own decide as the server's, on generated inputs: they cannot drift apart. */
import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { AddressList as ServerAddressList } from '../../../dist/src/platform/validation/address-list.js';
import { grants as serverGrants } from '../../../dist/src/access/scopes.js';
import {
  formatFullKey,
  isIntact,
  issueClientPair,
  issueFullKey,
  issuePersonalPair,
  parseCredential,
} from '../../../dist/src/api-keys/credentials/credential.js';
import { OUTCOMES as SERVER_OUTCOMES } from '../../../dist/src/verification/outcome.js';
import { parseAuthorization } from '../../../dist/src/verification/presented.js';
import { KEY_PARAMETERS, hasKeyParameter } from '../../../dist/src/verification/request-credentials.js';
import { formatRateLimit, formatRateLimitPolicy } from '../../../dist/src/verification/http/verification.presenter.js';
import { VERIFY_BODY } from '../../../dist/src/verification/http/schemas.js';
import { rateLimitsOf } from '../../../dist/src/verification/cache/key-limits.js';
import { formOf } from '../dist/esm/credentials/checksum.js';
import { crc32 } from '../dist/esm/credentials/crc32.js';
import { readAuthorization, readPresented } from '../dist/esm/credentials/presented.js';
import { AddressList } from '../dist/esm/decision/address-list.js';
import { findMistake } from '../dist/esm/decision/requirements.js';
import { grants } from '../dist/esm/decision/scopes.js';
import { OUTCOMES } from '../dist/esm/verification.js';
import { rateLimitHeaders } from '../dist/esm/middleware/rate-limit-headers.js';

const PAIRS = [issueClientPair, issuePersonalPair];
const issued = fc
  .constantFrom(...[issueFullKey.bind(null, 'live'), issueFullKey.bind(null, 'test'), ...PAIRS])
  .map((issue) => {
    const credential = issue();
    return PAIRS.includes(issue) ? `${credential.publicId}:${credential.secret}` : formatFullKey(credential);
  });
/** A text with one character changed, added or removed. */
const mutated = fc
  .tuple(issued, fc.nat(110), fc.constantFrom('', 'a', 'Z', '0', ':', '-', ' ', 'é'), fc.nat(1))
  .map(([text, at, character, removed]) => text.slice(0, at) + character + text.slice(at + removed));
const texts = fc.oneof(issued, mutated, fc.string());

/** Whether the server refuses a text before it looks anything up. */
function serverForm(text) {
  const credential = parseCredential(text);
  return credential !== null && isIntact(credential) ? 'issued' : 'not';
}

describe('functions that the server has as well', () => {
  it('know an issued key, and one with a wrong checksum', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const form = formOf(text);
        if (form === 'mistyped') assert.equal(serverForm(text), 'not');
        // The server also takes a colon after a full key, and a UUID in capitals: these are asked about.
        if (form === 'issued') assert.equal(serverForm(text), 'issued');
        if (serverForm(text) === 'issued' && !text.endsWith(':') && text === text.toLowerCase())
          assert.equal(form, 'issued');
      }),
      { numRuns: 3000 },
    );
    for (let index = 0; index < 50; index++) assert.equal(formOf(formatFullKey(issueFullKey('live'))), 'issued');
  });

  it('compute the checksum of ASCII', () => {
    assert.equal(crc32('123456789'), 0xcbf43926);
  });

  it('read the Authorization header', () => {
    const scheme = fc.constantFrom(
      'Bearer ',
      'bearer ',
      'BASIC ',
      'Basic ',
      'Basic  ',
      'Digest ',
      'Bearer',
      'Bearer\t',
      '',
    );
    fc.assert(
      fc.property(scheme, texts, fc.boolean(), (name, text, isEncoded) => {
        const header = name + (isEncoded ? Buffer.from(text).toString('base64') : text);
        assert.equal(readAuthorization(header), parseAuthorization(header).text);
      }),
      { numRuns: 2000 },
    );
  });

  it('notice keys in the query', () => {
    const names = fc.oneof(fc.constantFrom(...KEY_PARAMETERS, 'Key', 'API_KEY', 'keys', 'scope'), fc.string());
    fc.assert(
      fc.property(names, (name) => {
        const { mistake } = readPresented({ authorization: [], apiKey: [] }, [name]);
        assert.equal(mistake === 'credential.in_query', hasKeyParameter({ [name]: 'a' }));
      }),
    );
  });

  it('grant scopes', () => {
    const part = fc.constantFrom(
      'orders',
      'order',
      'orders:read',
      'orders:',
      'orders:*',
      '*',
      ':*',
      'stock:write:all',
      'stock:*',
    );
    const scopes = fc.option(fc.array(part, { maxLength: 4 }));
    fc.assert(
      fc.property(scopes, part, (held, wanted) => assert.equal(grants(held, wanted), serverGrants(held, wanted))),
      {
        numRuns: 2000,
      },
    );
  });

  it('find addresses in networks', () => {
    const ipv4 = fc.ipV4();
    const ipv6 = fc.ipV6();
    const mapped = ipv4.map((address) => `::ffff:${address}`);
    const network = fc.oneof(
      fc.tuple(ipv4, fc.option(fc.nat(32))),
      fc.tuple(fc.oneof(ipv6, mapped), fc.option(fc.nat(128))),
    );
    const networks = fc.array(
      network.map(([address, bits]) => (bits === null ? address : `${address}/${bits}`)),
      { minLength: 1, maxLength: 3 },
    );
    const address = fc.oneof(ipv4, ipv6, mapped, fc.string(), fc.constantFrom('', 'fe80::1%eth0', '::', '0.0.0.0'));
    fc.assert(
      fc.property(networks, address, (list, sought) => {
        const [own, servers] = [new AddressList(list), new ServerAddressList(list)];
        const inside = list.map((text) => text.split('/')[0]);
        for (const text of [sought, ...inside])
          assert.equal(own.includes(text), servers.includes(text), `${list} ${text}`);
      }),
      { numRuns: 2000 },
    );
  });

  it('take the requirements that the server takes', () => {
    const { properties } = VERIFY_BODY;
    const possible = {
      level: 8,
      scopes: Array.from({ length: 50 }, () => '~'.repeat(100)),
      ip: '2001:db8::1',
      userAgent: 'a',
      applicationId: '5A2F6F0E-58a4-4b51-9a3c-2f1f5d1f7c11',
      cost: 1_000_000,
    };
    assert.deepEqual([...Object.keys(possible), 'key', 'merchant'].sort(), Object.keys(properties).sort());
    assert.equal(findMistake(possible), null);
    const limits = [properties.level.maximum, properties.cost.maximum, properties.scopes.maxItems];
    assert.deepEqual(limits, [possible.level, possible.cost, possible.scopes.length]);
    assert.ok(new RegExp(properties.scopes.items.pattern).test(possible.scopes[0]));
    assert.ok(!new RegExp(properties.scopes.items.pattern).test(`${possible.scopes[0]}~`));
  });

  it('write the headers of limits', () => {
    const windows = [10, 60, 3600].map((windowSeconds) => ({ limit: 100, windowSeconds }));
    const rates = [...rateLimitsOf('a', 'key', windows), ...rateLimitsOf('b', 'externalId', windows)];
    const states = rates.map((rate, index) => ({ ...rate, remaining: index, resetSeconds: 10 * index }));
    const rateLimits = states.map(({ appliesTo, limit, windowSeconds, remaining, resetSeconds }) => ({
      appliesTo,
      limit,
      windowSeconds,
      remaining,
      resetSeconds,
    }));
    assert.deepEqual(rateLimitHeaders({ rateLimits }), {
      RateLimit: formatRateLimit(states),
      'RateLimit-Policy': formatRateLimitPolicy(rates),
    });
  });

  it('know every outcome', () => {
    assert.deepEqual(OUTCOMES, SERVER_OUTCOMES);
  });
});
