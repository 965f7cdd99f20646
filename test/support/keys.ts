import { randomUUID } from 'node:crypto';
import { ApiKey } from '../../src/api-keys/api-key.entity.js';
import { NO_PREVIOUS, NOT_EXPOSED } from '../../src/api-keys/api-keys.service.js';
import { insertRows } from '../../src/platform/database/rows.js';
import { randomBase62 } from '../../src/api-keys/credentials/credential.js';
import type { TestServer, User } from './server.js';

/** A key of the merchants surface without a usable secret, for lists. */
export function aKey(
  { merchantId, accountId }: Pick<User, 'merchantId' | 'accountId'>,
  its: Partial<ApiKey> = {},
): ApiKey {
  const createdAt = its.createdAt ?? new Date();
  return {
    id: randomUUID(),
    publicId: `ks_live_${randomBase62(16)}`,
    surface: 'merchants',
    merchantId,
    accountId,
    responsibleAccountId: null,
    applicationId: null,
    serviceId: null,
    environment: 'live',
    name: 'A key',
    level: 4,
    scopes: null,
    scopesGrantedAt: its.scopes ? createdAt : null,
    metadata: null,
    version: 1,
    importedPrefix: null,
    ...NOT_EXPOSED,
    externalId: null,
    ...NO_PREVIOUS,
    secretHash: null,
    pepperId: null,
    encryptedSecret: null,
    lastFour: randomBase62(4),
    rateLimit: null,
    rateWindowSeconds: null,
    furtherRateLimits: null,
    quotaLimit: null,
    quotaPeriod: null,
    quotaResetAt: null,
    allowedIps: null,
    secretIssuedAt: null,
    selfRotate: false,
    isActive: true,
    createdAt,
    updatedAt: createdAt,
    expiresAt: null,
    lastUsedAt: null,
    deletedAt: null,
    ...its,
  };
}

/** Puts keys into the database as they are. */
export async function insertKeys(server: TestServer, keys: ApiKey[]): Promise<void> {
  const { manager } = server.dataSource;
  for (let from = 0; from < keys.length; from += 500) await insertRows(manager, ApiKey, keys.slice(from, from + 500));
}
