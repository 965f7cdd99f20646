import { ApiKey } from './api-keys/api-key.entity.js';
import { ImportFormat } from './api-keys/credentials/imported/import-format.entity.js';
import { computeKeyId } from './api-keys/credentials/secret-cipher.js';
import { computePepperId } from './api-keys/credentials/secret-hasher.js';
import { ExposureReport } from './exposures/exposure-report.entity.js';
import type { Config } from './platform/config/config.js';
import type { ConfiguredSecrets } from './platform/secrets/secret-check.js';
import { WebhookEndpoint } from './webhooks/webhook-endpoint.entity.js';

/**
 * All settings with secrets, and what would be lost without each of them. Encrypted signing keys are not among it: a new one signs when the
 * current one cannot be decrypted.
 */
export const configuredSecrets = ({ JWT_SECRET, KEY_PEPPERS, ENCRYPTION_KEYS }: Config): ConfiguredSecrets[] => [
  { setting: 'JWT_SECRET', secrets: JWT_SECRET, dependents: [] },
  {
    setting: 'KEY_PEPPERS',
    secrets: KEY_PEPPERS,
    computeId: computePepperId,
    dependents: [
      { entity: ApiKey, property: 'pepperId', rows: 'API keys' },
      {
        entity: ApiKey,
        property: 'previousPepperId',
        until: 'previousValidUntil',
        rows: 'previous credentials of API keys',
      },
    ],
  },
  {
    setting: 'ENCRYPTION_KEYS',
    secrets: ENCRYPTION_KEYS,
    computeId: computeKeyId,
    dependents: [
      { entity: ApiKey, property: 'encryptedSecret', rows: 'API keys of the clients surface' },
      { entity: WebhookEndpoint, property: 'encryptedSecret', rows: 'webhook endpoints' },
      {
        entity: WebhookEndpoint,
        property: 'previousEncryptedSecret',
        until: 'previousValidUntil',
        rows: 'previous secrets of webhook endpoints',
      },
      { entity: ImportFormat, property: 'encryptedPepper', rows: 'import formats' },
      { entity: ExposureReport, property: 'sealedKey', rows: 'exposure reports' },
    ],
  },
];
