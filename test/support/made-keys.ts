import type { Answer } from './http.js';
import type { Program } from './program.js';

/** A key of any surface, with what its surface needs to show, to revoke and to check it. */
export interface MadeKey {
  surface: 'merchants' | 'clients' | 'accounts';
  id: string;
  /** The headers that present it. */
  headers: Record<string, string>;
}

const basic = (id: string, secret: string): Record<string, string> => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
});

const expectStatus = async (answer: Promise<Answer>, ...statuses: number[]): Promise<Answer> => {
  const got = await answer;
  expect([statuses, got.status, got.text]).toEqual([expect.arrayContaining([got.status]), got.status, got.text]);
  return got;
};

/** Creates a key on each surface by HTTP. */
export async function makeKeys(at: Program, token: string): Promise<MadeKey[]> {
  const post = (path: string, json: unknown = {}) => expectStatus(at.call('POST', path, { token, json }), 200, 201);
  const application = await post('/api/v1/applications', { name: `app ${Math.random()}`, environment: 'live' });
  const full = await post(`/api/v1/applications/${application.body.id}/api-keys`, { description: 'A key' });
  const service = await post('/api/clients/generate-service-id');
  const client = await post('/api/clients/generate-api-key', { service_id: service.body.data.SERVICE_ID });
  const { body } = await expectStatus(at.call('GET', '/api/clients/api-keys', { token }), 200);
  const clientId = client.body.data.id as string;
  const pair = body.data.find(({ id }: { id: string }) => id === clientId);
  const personal = (await post('/apikeys/jwt', { name: 'A key', level: 1, expiresIn: 3600 })).body.apikey;
  return [
    { surface: 'merchants', id: full.body.id, headers: { 'x-api-key': full.body.fullKey } },
    { surface: 'clients', id: clientId, headers: basic(pair.apikey, pair.apisecret) },
    { surface: 'accounts', id: personal.key, headers: basic(personal.key, personal.secret) },
  ];
}

/** @returns the statuses of the checks of some keys */
export async function checkKeys(at: Program, keys: MadeKey[]): Promise<number[]> {
  const statuses: number[] = [];
  for (const { headers } of keys) statuses.push((await at.call('GET', '/api/v1/keys/check', { headers })).status);
  return statuses;
}

/** Revokes a key on its surface. */
export async function revokeKey(at: Program, token: string, { surface, id }: MadeKey): Promise<void> {
  const path = {
    merchants: `/api/v1/api-keys/${id}`,
    clients: `/api/clients/api-keys/${id}`,
    accounts: `/apikeys/${id}/jwt`,
  };
  await expectStatus(at.call('DELETE', path[surface], { token }), 200, 204);
}

/** @returns the new credential, in a key of the merchants surface */
export async function rotateKey(at: Program, token: string, key: MadeKey): Promise<MadeKey> {
  const path = `/api/v1/api-keys/${key.id}/rotate`;
  const { body } = await expectStatus(at.call('POST', path, { token, json: {} }), 200, 201);
  return { ...key, headers: { 'x-api-key': body.fullKey } };
}
