import type { ConsoleInBrowser, Member } from './console.js';

/** Text in several scripts, one of them written from right to left, that runs if it is taken for markup. */
const MARKUP = '<img src=x onerror=hasRun=1>مفتاح👩‍👩‍👧‍👦';

/** Such a text of a length, with no place to break it. */
const nameOf = (length: number): string => MARKUP.padEnd(length, 'W');

/**
 * Gives names to things of the example merchant, and to another merchant, that are hard to show.
 *
 * @returns the id of a key that has everything that a key can have
 */
export async function fillWithHostileNames(shop: ConsoleInBrowser): Promise<string> {
  const tokens = { ada: await shop.tokenOf('ada'), admin: await shop.tokenOf('admin') };
  const call = async (member: Member & keyof typeof tokens, method: string, path: string, json: object) => {
    const { status, body } = await shop.program.call(method, path, { token: tokens[member], json });
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(body)}`);
    return body;
  };
  const signUp = async (link: string, json: object): Promise<void> => {
    const { pathname, search } = new URL(link);
    const { status, body } = await shop.program.call('POST', pathname + search, { json });
    if (status >= 300) throw new Error(`${pathname}: ${status} ${JSON.stringify(body)}`);
  };
  const person = { firstName: nameOf(50), lastName: nameOf(50), password: shop.password };

  const application = await call('ada', 'POST', '/api/v1/applications', { name: nameOf(50), description: nameOf(200) });
  await call('ada', 'PUT', `/api/v1/shared-limits/${encodeURIComponent(nameOf(150))}`, {
    rateLimits: [{ limit: 70, windowSeconds: 60 }],
  });
  const key = await call('ada', 'POST', `/api/v1/applications/${application.id}/api-keys`, {
    description: nameOf(50),
    externalId: nameOf(150),
    scopes: ['w'.repeat(100), 'orders:read'],
    metadata: { [nameOf(150)]: nameOf(150) },
    allowedIps: ['203.0.113.0/24', '2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff'],
    rateLimits: [{ limit: 1_000_000, windowSeconds: 86_400 }],
    quota: { limit: 1_000_000_000, period: 'month' },
  });
  await call('ada', 'POST', `/api/v1/api-keys/${key.id}/rotate`, { overlapSeconds: 3600 });
  await shop.program.call('GET', '/api/v1/keys/check', {
    headers: { 'x-api-key': key.fullKey, 'user-agent': MARKUP.slice(0, 28) },
  });
  await call('ada', 'POST', '/api/v1/webhooks', {
    url: `https://198.51.100.10/${'w'.repeat(200)}`,
    events: ['api_key.exposed'],
    description: nameOf(100),
  });
  const member = { email: `${'w'.repeat(60)}@example-shop.example`, role: 'user' };
  await signUp((await call('ada', 'POST', '/api/v1/members', member)).signupLink, person);
  await signUp((await call('admin', 'POST', '/api/v1/merchants/invite', {})).signupLink, {
    organization: { legalBusinessName: nameOf(100) },
    admin: { ...person, email: 'names@names.example' },
  });
  return key.id;
}
