import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Webhook } from 'standardwebhooks';
import { SecretCipher } from '../../api-keys/credentials/secret-cipher.js';
import type { WebhookEndpoint } from '../webhook-endpoint.entity.js';

/** Bytes: the most that the Standard Webhooks specification recommends are 64, the least 24. */
const SECRET_BYTES = 32;

type Signer = Pick<WebhookEndpoint, 'id' | 'encryptedSecret' | 'previousEncryptedSecret' | 'previousValidUntil'>;

/** What deliveries are signed with, by the Standard Webhooks specification. */
@Injectable()
export class WebhookSecrets {
  constructor(private readonly cipher: SecretCipher) {}

  /** `whsec_` and the secret in base64, as the specification has it. */
  create(): string {
    return `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
  }

  encrypt(secret: string, endpointId: string): string {
    return this.cipher.encrypt(secret, ownerOf(endpointId));
  }

  /** The header `webhook-signature`: a signature by each secret that is good at the moment. */
  sign(endpoint: Signer, messageId: string, moment: Date, payload: string): string {
    const { id, encryptedSecret, previousEncryptedSecret, previousValidUntil } = endpoint;
    const hasPrevious = previousEncryptedSecret !== null && previousValidUntil !== null && previousValidUntil > moment;
    return [encryptedSecret, ...(hasPrevious ? [previousEncryptedSecret] : [])]
      .map((encrypted) => new Webhook(this.cipher.decrypt(encrypted, ownerOf(id))).sign(messageId, moment, payload))
      .join(' ');
  }
}

const ownerOf = (endpointId: string): string => `webhook:${endpointId}`;
