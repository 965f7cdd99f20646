/** The clients and accounts surfaces by @hey-api/openapi-ts: both envelopes, both ways to authenticate, and their errors. */

import { randomUUID } from 'node:crypto';
import { client } from '../generated/hey-api/client.gen';
import {
  createPersonalApiKey,
  deleteClientApiKeys,
  deletePersonalApiKey,
  generateClientApiKey,
  generateServiceId,
  listClientApiKeys,
  listPersonalApiKeys,
  logInAccount,
  logInClient,
  logOutClient,
  readAccountWithKey,
  readKeyInUse,
  updateAccount,
} from '../generated/hey-api/sdk.gen';
import { present, same, variable } from './expect';

client.setConfig({ baseUrl: variable('KEYWRIGHT_URL') });
const credentials = { username: 'admin', password: variable('KEYWRIGHT_PASSWORD') };

// Clients: answers are {status, message, data}.
const login = await logInClient({ body: credentials });
const { token, user } = present('the login', login.data, login.error).data;
same('the user', user.username, 'admin');
const byToken = { auth: token };
const service = await generateServiceId(byToken);
const body = { service_id: present('the service', service.data, service.error).data.SERVICE_ID };
const created = await generateClientApiKey({ ...byToken, body });
const keyId = present('the key', created.data, created.error).data.id;
const list = await listClientApiKeys({ ...byToken, query: { page: 1, limit: 10, status: 'active' } });
const keys = present('the list', list.data, list.error).data;
const pair = present(
  'the pair',
  keys.find(({ id }) => id === keyId),
);
same('the number of keys', list.response?.headers.get('X-Total-Count'), String(keys.length));
same('the expiry', pair.expires_at, null);

// The key of the clients surface, in use on the accounts surface.
const inUse = await readKeyInUse({ auth: `${pair.apikey}:${pair.apisecret}` });
same('the key in use', present('the key in use', inUse.data, inUse.error).apikey.key, pair.apikey);
const unknown = await deleteClientApiKeys({ ...byToken, body: { api_key_ids: [keyId, randomUUID()] } });
const { deleted, failed } = present('the deletion', unknown.data, unknown.error).data;
same('the deleted key', deleted[0]?.deleted_id, keyId);
same('the other one', failed[0]?.status, 404);
const refused = await listClientApiKeys({ auth: 'no token' });
same('a refusal', present('the refusal', refused.error).status, 401);
const loggedOut = await logOutClient(byToken);
same('the logout', present('the logout', loggedOut.data, loggedOut.error).data, null);

// Accounts: answers are {result, …}.
const signedIn = await logInAccount({ body: credentials });
const account = present('the login', signedIn.data, signedIn.error);
same('the result', account.result, 'success');
const own = { auth: account.token };
const changed = await updateAccount({ ...own, body: { language: account.account.language } });
same('the language', changed.data?.account.language, account.account.language);
const made = await createPersonalApiKey({ ...own, body: { name: 'Scripts', level: 2, expiresIn: 3600 } });
const { key, secret } = present('the personal key', made.data, made.error).apikey;
const mine = await readAccountWithKey({ auth: `${key}:${secret}` });
same('the account of the key', mine.data?.account.id, account.account.id);
const personal = await listPersonalApiKeys(own);
same(
  'the personal key',
  personal.data?.apikeys.some((one) => one.id === key),
  true,
);
const ended = await deletePersonalApiKey({ ...own, path: { key } });
same('the deletion', ended.response?.status, 204);
const gone = await deletePersonalApiKey({ ...own, path: { key } });
same('the second deletion', present('the refusal', gone.error).result, 'error');

console.log('clients and accounts: every request and answer was typed');
