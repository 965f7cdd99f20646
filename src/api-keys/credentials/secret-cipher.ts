import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Config } from '../../platform/config/config.js';

const ALGORITHM = 'aes-256-gcm';

/** Bytes; without it, a tag that was cut short would be accepted. */
const TAG = { authTagLength: 16 };

/**
 * AES-256-GCM for secrets that must be read again: those that the clients surface lists, and those that sign access tokens. The
 * ciphertext names its encryption key, so that several are good at a time, and is bound to its owner: moved to another row, it doesn't decrypt.
 */
@Injectable()
export class SecretCipher {
  private readonly keys: ReadonlyMap<string, Buffer>;

  constructor(config: Config) {
    this.keys = new Map(config.ENCRYPTION_KEYS.map((secret) => [keyIdOf(secret), deriveKey(secret)]));
  }

  /** @param owner what tells the row apart from every other that holds a secret */
  encrypt(secret: string, owner: string): string {
    const [newest] = this.keys;
    if (!newest) throw new Error('There is no encryption key.');
    const nonce = randomBytes(12);
    const cipher = createCipheriv(ALGORITHM, newest[1], nonce, TAG).setAAD(Buffer.from(owner));
    const sealed = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
    return [newest[0], ...[nonce, cipher.getAuthTag(), sealed].map((part) => part.toString('base64url'))].join('.');
  }

  decrypt(encrypted: string, owner: string): string {
    const [keyId = '', ...parts] = encrypted.split('.');
    const [nonce, tag, sealed] = parts.map((part) => Buffer.from(part, 'base64url'));
    const key = this.keys.get(keyId);
    if (!key || !nonce || !tag || !sealed)
      throw new Error(`No encryption key ${keyId} to decrypt the secret of ${owner} with.`);
    const decipher = createDecipheriv(ALGORITHM, key, nonce, TAG).setAAD(Buffer.from(owner)).setAuthTag(tag);
    return Buffer.concat([decipher.update(sealed), decipher.final()]).toString('utf8');
  }
}

const keyIdOf = (secret: string): string =>
  createHash('sha256').update(`encryption:${secret}`).digest('hex').slice(0, 8);

const deriveKey = (secret: string): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, '', 'keywright client secrets', 32));
