import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Webhook } from 'standardwebhooks';
import { SecretCipher } from '../../platform/secrets/secret-cipher.js';
import type { WebhookEndpoint } from '../webhook-endpoint.entity.js';

/** Bytes of a secret; the Standard Webhooks specification recommends 24 to 64. */
const SECRET_BYTES = 32;

type Signer = Pick<WebhookEndpoint, 'id' | 'encryptedSecret' | 'previousEncryptedSecret' | 'previousValidUntil'>;

/** The secrets that sign deliveries, by the Standard Webhooks specification. */
@Injectable()
export class WebhookSecrets {
  constructor(private readonly cipher: SecretCipher) {}

  /** Generates a secret: `whsec_` and base64. */
  create(): string {
    return `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
  }

  encrypt(secret: string, endpointId: string): string {
    return this.cipher.encrypt(secret, ownerOf(endpointId));
  }

  /** Returns the value of `webhook-signature`: a signature by each secret that is currently valid. */
  sign(endpoint: Signer, messageId: string, moment: Date, payload: string): string {
    const { id, encryptedSecret, previousEncryptedSecret, previousValidUntil } = endpoint;
    const hasPrevious = previousEncryptedSecret !== null && previousValidUntil !== null && previousValidUntil > moment;
    return [encryptedSecret, ...(hasPrevious ? [previousEncryptedSecret] : [])]
      .map((encrypted) => new Webhook(this.cipher.decrypt(encrypted, ownerOf(id))).sign(messageId, moment, payload))
      .join(' ');
  }
}

/** What the encrypted secrets of an endpoint are bound to. */
export const ownerOf = (endpointId: string): string => `webhook:${endpointId}`;
