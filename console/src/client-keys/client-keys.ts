import { api } from '../api/client.js';
import type { ClientKeyView, KeyView } from '../api/sdk.js';

const PAGE_SIZE = 50;

/** A key without its secret, which answers of the server hold as well. */
export type ListedClientKey = Omit<ClientKeyView, 'apisecret'>;

/** A page of the keys, the oldest first. Their secrets are dropped at once: what has been read is kept for a while. */
export async function readClientKeys(page: number): Promise<{ keys: ListedClientKey[]; nextPage: number | undefined }> {
  const { data, response } = await api.clientKeys.list({ page, limit: PAGE_SIZE }).withResponse();
  const total = Number(response.headers.get('X-Total-Count'));
  return {
    keys: data.map(({ apisecret: _secret, ...key }) => key),
    nextPage: page * PAGE_SIZE < total ? page + 1 : undefined,
  };
}

/** Creates a key. Only the list of keys shows its secret. @returns the id of the new key */
export async function createClientKey(expiresInSeconds: number | undefined): Promise<string> {
  const { SERVICE_ID: serviceId } = await api.clientKeys.generateServiceId();
  const expiry = expiresInSeconds === undefined ? {} : { expires_in: expiresInSeconds };
  const { id } = await api.clientKeys.generate({ service_id: serviceId, ...expiry });
  return id;
}

/** What the server puts in place of a secret that it does not show. */
const MASKED = /^\*+$/;

/** @returns the pair of a new key as programs send it; `null` if the server does not show its secret */
export async function readClientPair(id: string): Promise<string | null> {
  const keys = await api.clientKeys.list({ status: 'active' });
  const key = keys.find((one) => one.id === id);
  return key === undefined || MASKED.test(key.apisecret) ? null : `${key.apikey}:${key.apisecret}`;
}

/** Why a key is refused, if it is. */
export function statusOf({ is_active: isActive, expires_at: expiresAt }: ListedClientKey): KeyView['status'] {
  if (isActive === 1) return 'active';
  return expiresAt !== null && Date.parse(expiresAt) <= Date.now() ? 'expired' : 'disabled';
}
