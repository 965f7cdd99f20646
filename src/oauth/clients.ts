import { Injectable } from '@nestjs/common';
import { parseCredential, prefixOf, type Credential } from '../api-keys/credentials/credential.js';
import type { Actor } from '../platform/events/actor.js';
import { DomainError } from '../platform/events/domain-error.js';
import type { CachedKey } from '../verification/cache/cached-key.js';
import { decodeBasic } from '../verification/presented.js';
import { VerificationService } from '../verification/verification.service.js';
import type { ClientBody } from './oauth.dto.js';

/** Who calls the OAuth routes: a good key, and the public id it was presented under. */
export interface Client {
  key: CachedKey;
  publicId: string;
}

/** A client's id and secret as they came. */
interface Login {
  id: string;
  secret: string;
}

/**
 * Authenticates clients (RFC 6749, section 2.3.1), by HTTP Basic or by `client_id` and `client_secret` in the body. A client is a key:
 * its public id and its secret, or with a full key (`ks_…`) or an imported one as the secret its public id, its `keyPrefix` or its id; by
 * Basic also such a key as the user name with an empty password.
 */
@Injectable()
export class Clients {
  constructor(private readonly verification: VerificationService) {}

  /**
   * @param ip the address of the call
   * @throws {DomainError} `credential.invalid`, `credential.ambiguous` for both ways at once
   */
  async authenticate(authorization: string | undefined, body: ClientBody, ip: string): Promise<Client> {
    for (const login of readLogins(authorization, body)) {
      const key = (await this.keyOf(login, ip)) ?? (await this.importedKeyBeside(login, ip));
      if (key) return { key, publicId: key.publicId };
    }
    throw new DomainError('credential.invalid');
  }

  private async keyOf(login: Login, ip: string): Promise<CachedKey | null> {
    const { id, secret } = login;
    const text = secret === '' ? id : `${id}:${secret}`;
    const key = await this.verification.authenticate(readCredential(login), ip, text);
    return key && isFullKey(secret) && !isNameOf(login, key) ? null : key;
  }

  private async importedKeyBeside(login: Login, ip: string): Promise<CachedKey | null> {
    const key = await this.verification.authenticate(null, ip, login.secret);
    return key && isNameOf(login, key) ? key : null;
  }
}

/**
 * As RFC 6749 has it what stands in Basic is encoded as in a form; most people write it as it is, which makes no difference to most keys.
 * A `client_id` beside Basic only says again who the client is (section 3.2.1).
 */
function readLogins(authorization: string | undefined, { client_id, client_secret }: ClientBody): Login[] {
  if (authorization === undefined) {
    return client_id === undefined || client_secret === undefined ? [] : [{ id: client_id, secret: client_secret }];
  }
  const text = decodeBasic(authorization);
  const isNamedAgain = client_id !== undefined && text?.startsWith(`${client_id}:`) === true;
  if ((client_id !== undefined && !isNamedAgain) || client_secret !== undefined)
    throw new DomainError('credential.ambiguous');
  if (text === null) return [];
  const [id = '', ...rest] = text.split(':');
  const asWritten = { id, secret: rest.join(':') };
  const decoded = { id: formDecoded(asWritten.id), secret: formDecoded(asWritten.secret) };
  if (decoded.id === asWritten.id && decoded.secret === asWritten.secret) return [asWritten];
  return decoded.id === null || decoded.secret === null
    ? [asWritten]
    : [{ id: decoded.id, secret: decoded.secret }, asWritten];
}

function formDecoded(text: string): string | null {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return null;
  }
}

function readCredential({ id, secret }: Login): Credential | null {
  if (isFullKey(secret)) return parseCredential(secret);
  return parseCredential(isFullKey(id) ? id + secret : `${id}:${secret}`);
}

/** Beside a whole key stands one of its names; of an imported key its prefix is as long as it is known. */
function isNameOf({ id, secret }: Login, key: CachedKey): boolean {
  if (id === key.publicId || id === key.id) return true;
  return isFullKey(secret) ? id === prefixOf(secret) : id !== '' && prefixOf(secret).startsWith(id);
}

const isFullKey = (text: string): boolean => text.startsWith('ks_');

/** The client as the author of what it does. */
export const actorOf = ({ key }: Client, visitor: Actor): Actor => ({
  ...visitor,
  kind: 'key',
  accountId: key.accountNumber,
  keyId: key.id,
});
