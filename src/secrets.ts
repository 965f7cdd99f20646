import { TotpFactor } from './accounts/second-factors/totp-factor.entity.js';
import { ApiKey } from './api-keys/api-key.entity.js';
import { ImportFormat } from './api-keys/credentials/imported/import-format.entity.js';
import { computeKeyId } from './platform/secrets/secret-cipher.js';
import { computePepperId } from './api-keys/credentials/secret-hasher.js';
import { ExposureReport } from './exposures/exposure-report.entity.js';
import type { Config } from './platform/config/config.js';
import type { ConfiguredSecrets } from './platform/secrets/secret-check.js';
import { SigningKey } from './oauth/signing-key.entity.js';
import { additionalData } from './oauth/signing-keys.js';
import type { EncryptedColumn } from './platform/secrets/reencryption.js';
import { ownerOf as endpointOwner } from './webhooks/sending/webhook-secrets.js';
import { WebhookEndpoint } from './webhooks/webhook-endpoint.entity.js';

const itself = (id: string): string => id;

/** Encrypted values that would be lost without their encryption key. */
const ENCRYPTED: EncryptedColumn[] = [
  { entity: ApiKey, property: 'encryptedSecret', ownerOf: itself, rows: 'API keys of the clients surface' },
  { entity: WebhookEndpoint, property: 'encryptedSecret', ownerOf: endpointOwner, rows: 'webhook endpoints' },
  {
    entity: WebhookEndpoint,
    property: 'previousEncryptedSecret',
    until: 'previousValidUntil',
    ownerOf: endpointOwner,
    rows: 'previous secrets of webhook endpoints',
  },
  { entity: TotpFactor, property: 'encryptedSecret', ownerOf: itself, rows: 'authenticator apps' },
  { entity: ImportFormat, property: 'encryptedPepper', ownerOf: itself, rows: 'import formats' },
  { entity: ExposureReport, property: 'sealedKey', ownerOf: itself, rows: 'exposure reports' },
];

/** All encrypted values. A signing key that cannot be decrypted is no loss: a new one signs. */
export const ENCRYPTED_COLUMNS: EncryptedColumn[] = [
  ...ENCRYPTED,
  {
    entity: SigningKey,
    property: 'encryptedPrivateJwk',
    ownerOf: additionalData,
    isReplaceable: true,
    rows: 'signing keys',
  },
];

/** All settings with secrets, and what would be lost without each of them. */
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
    dependents: ENCRYPTED,
  },
];
