// All three surfaces, typed: every result is used as what it is, without a cast.
import { Keywright, KeywrightError, type KeyView, type RotatedKeyView, type WebhookEvent } from '@keywright/sdk';

function present<T>(what: string, value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error(`${what} is missing`);
  return value;
}

function same<T>(what: string, found: T, expected: T): void {
  if (found !== expected) throw new Error(`${what}: ${String(found)} in place of ${String(expected)}`);
}

async function refusal(call: PromiseLike<unknown>): Promise<KeywrightError> {
  try {
    await call;
  } catch (error) {
    if (error instanceof KeywrightError) return error;
    throw error;
  }
  throw new Error('The call was not refused.');
}

const url = present('KEYWRIGHT_URL', process.env['KEYWRIGHT_URL']);
const credentials = { username: 'admin', password: present('KEYWRIGHT_PASSWORD', process.env['KEYWRIGHT_PASSWORD']) };
const visitor = new Keywright({ url });

// Merchants.
const { accessToken } = await visitor.auth.logIn(credentials);
const merchants = new Keywright({ url, token: () => Promise.resolve(accessToken) });
const { id: applicationId } = await merchants.applications.create({ name: `Shop ${crypto.randomUUID()}` });
const { id, fullKey } = await merchants.applicationKeys.create(applicationId, {
  description: 'Tour',
  scopes: ['a:read'],
});
const key = present('the full key', fullKey);
const changed = await merchants.keys.update(id, { rateLimit: { limit: 100, windowSeconds: 60 }, level: 1 });
same('the rate limit', changed.rateLimit?.limit, 100);
const rotated: RotatedKeyView = await merchants.keys.rotate(id, { mode: 'after_overlap', overlapSeconds: 60 });
same('the previous key', rotated.previousKey.keyPrefix, key.slice(0, 12));

const service = new Keywright({ url, key });
const verdict = await service.verification.verify({ key, scopes: ['a:read'] });
same('the outcome', verdict.outcome, 'VALID');
const { results } = await service.verification.verifyMany({ keys: [{ key, level: 8 }, { key: 'ks_x' }] });
same('the outcomes', results.map(({ outcome }) => outcome).join(), 'INSUFFICIENT_LEVEL,NOT_FOUND');
const { response } = await service.verification.check({ scope: 'a:read' }).withResponse();
same('the key of the check', response.headers.get('X-Key-Id'), id);
const opened = await service.oauth.createAccessToken({ grant_type: 'client_credentials' });
await new Keywright({ url, session: opened.access_token }).verification.check();
same('the session', (await service.oauth.introspectAccessToken({ token: opened.access_token })).active, true);

const found: KeyView[] = [];
for await (const one of merchants.keys.list({ application: applicationId })) found.push(one);
same('the keys', found.map((one) => one.id).join(), id);
const page = await merchants.applicationKeys.list(applicationId, { sort: '-createdAt', limit: 1 });
same('the number of keys', page.totalItems, 1);
const part = await merchants.keys.list({ cursor: '', limit: 1 });
same('the part', part.items.length, 1);
let exported = 0;
for await (const line of merchants.keys.export({ application: applicationId })) exported += line.id === id ? 1 : 0;
same('the exported key', exported, 1);
const preview = await merchants.bulk.disable({ filter: { application: applicationId }, dryRun: true });
same('the preview', 'matched' in preview || 'total' in preview || Object.keys(preview).length > 0, true);
const member = await merchants.members.invite({ email: `${crypto.randomUUID()}@shop.example`, role: 'readOnly' });
same('the removal', await merchants.members.remove(member.id), undefined);
const refused = await refusal(merchants.keys.create({ description: '' }));
same(
  'the refusal',
  `${refused.code} ${refused.status} ${refused.details[0]?.field ?? ''}`,
  'request.invalid 400 description',
);
await merchants.applications.delete(applicationId);
same('the deleted key', (await refusal(merchants.keys.read(id))).code, 'api_key.not_found');

// Clients.
const { token, user } = await visitor.clientAuth.logIn(credentials);
same('the user', user.username, 'admin');
const clients = new Keywright({ url, token });
const { SERVICE_ID } = await clients.clientKeys.generateServiceId();
const generated = await clients.clientKeys.generate({ service_id: SERVICE_ID });
let pair = '';
for await (const one of clients.clientKeys.list({ status: 'active', limit: 1 }))
  if (one.id === generated.id) pair = `${one.apikey}:${one.apisecret}`;
const paired = new Keywright({ url, key: pair });
same('the key in use', (await paired.accountAuth.readKeyInUse()).apikey.key, pair.split(':')[0]);
const { deleted, failed } = await clients.clientKeys.deleteMany({ api_key_ids: [generated.id, crypto.randomUUID()] });
same('the deletions', `${deleted.length} ${failed[0]?.status ?? 0}`, '1 404');
same('the refusal', (await refusal(paired.accountAuth.readKeyInUse())).status, 401);
same('the logout', await clients.clientAuth.logOut(), null);

// Accounts: the same methods with a login and with a key.
const signedIn = await visitor.accountAuth.logIn(credentials);
const accounts = new Keywright({ url, token: signedIn.token });
const { apikey } = await accounts.personalKeys.create({ name: 'Scripts', level: 2, expiresIn: 3600 });
const script = new Keywright({ url, key: `${apikey.key}:${present('the secret', apikey.secret)}` });
same('the account of the key', (await script.account.read()).account.id, signedIn.account.id);
same(
  'the account',
  (await accounts.account.update({ language: signedIn.account.language })).account.id,
  signedIn.account.id,
);
const { apikeys } = await accounts.personalKeys.list();
same(
  'the personal key',
  apikeys.some((one) => one.id === apikey.key),
  true,
);
await accounts.personalKeys.delete(apikey.key);
same('the second deletion', (await refusal(accounts.personalKeys.delete(apikey.key))).code, 'api_key.not_found');

// Events are told apart by their types.
export function describe(event: WebhookEvent): string {
  switch (event.type) {
    case 'api_key.created':
      return event.data.applicationId ?? 'no application';
    case 'member.joined':
      return event.data.id;
    default:
      return event.type;
  }
}

console.log('All three surfaces answer as they are typed.');
