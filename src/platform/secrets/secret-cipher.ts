import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Config } from '../config/config.js';

const ALGORITHM = 'aes-256-gcm';

/** The length of the tag in bytes. Unless it is set, Node accepts a truncated tag. */
const TAG = { authTagLength: 16 };

/**
 * Encrypts the secrets that must be read again, with AES-256-GCM: those that the clients surface lists, and those that sign access tokens.
 * A ciphertext names its encryption key, so that several keys can be in use, and is bound to its owner: copied to another row, it can't be
 * decrypted.
 */
@Injectable()
export class SecretCipher {
  private readonly keys: ReadonlyMap<string, Buffer>;

  constructor(config: Config) {
    this.keys = new Map(config.ENCRYPTION_KEYS.map((secret) => [computeKeyId(secret), deriveKey(secret)]));
  }

  /** The id of the encryption key that encrypts. */
  get newestId(): string {
    const [newest] = this.keys.keys();
    if (newest === undefined) throw new Error('No encryption key is configured.');
    return newest;
  }

  /** @param owner identifies the row that the ciphertext is stored in */
  encrypt(secret: string, owner: string): string {
    const [newest] = this.keys;
    if (!newest) throw new Error('No encryption key is configured.');
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
      throw new Error(`No encryption key ${keyId} is configured to decrypt the secret of ${owner}.`);
    const decipher = createDecipheriv(ALGORITHM, key, nonce, TAG).setAAD(Buffer.from(owner)).setAuthTag(tag);
    return Buffer.concat([decipher.update(sealed), decipher.final()]).toString('utf8');
  }
}

/** Derives the id by which ciphertexts name an encryption key. */
export const computeKeyId = (secret: string): string =>
  createHash('sha256').update(`encryption:${secret}`).digest('hex').slice(0, 8);

const deriveKey = (secret: string): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, '', 'keywright client secrets', 32));
