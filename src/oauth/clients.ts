import { Injectable } from '@nestjs/common';
import { parseCredential, prefixOf, type Credential } from '../api-keys/credential.js';
import type { Actor } from '../domain/actor.js';
import { DomainError } from '../domain/domain-error.js';
import type { KnownKey } from '../verification/keyring/known-keys.js';
import { basicText } from '../verification/presented.js';
import { VerificationService } from '../verification/verification.service.js';
import type { ClientBody } from './oauth.dto.js';

/** Who calls the OAuth routes: a good key, and the public id it was presented under. */
export interface Client {
  key: KnownKey;
  publicId: string;
}

/** A client's id and secret as they came. */
interface Login {
  id: string;
  secret: string;
}

/**
 * Authenticates clients (RFC 6749, section 2.3.1), by HTTP Basic or by `client_id` and `client_secret` in the body. A client is a key:
 * its public id and its secret, or with a full key (`ks_…`) as the secret its public id, its `keyPrefix` or its id; by Basic
 * also the full key as the user name with an empty password.
 */
@Injectable()
export class Clients {
  constructor(private readonly verification: VerificationService) {}

  /**
   * @param ip the address of the call
   * @throws {DomainError} `credential.invalid`, `credential.ambiguous` for both ways at once
   */
  async authenticate(authorization: string | undefined, body: ClientBody, ip: string): Promise<Client> {
    const login = loginOf(authorization, body);
    const credential = login && credentialOf(login);
    const key = await this.verification.authenticate(credential, ip);
    if (!login || !credential || !key || !isNameOf(login, credential, key)) throw new DomainError('credential.invalid');
    return { key, publicId: credential.publicId };
  }
}

function loginOf(authorization: string | undefined, { client_id, client_secret }: ClientBody): Login | null {
  if (authorization === undefined) {
    return client_id === undefined || client_secret === undefined ? null : { id: client_id, secret: client_secret };
  }
  if (client_id !== undefined || client_secret !== undefined) throw new DomainError('credential.ambiguous');
  const [id = '', ...secret] = basicText(authorization)?.split(':') ?? [];
  const login = { id: formDecoded(id), secret: formDecoded(secret.join(':')) };
  return login.id === null || login.secret === null ? null : { id: login.id, secret: login.secret };
}

/** What stands in Basic is encoded as in a form; what isn't encoded has nothing in it that would be decoded. */
function formDecoded(text: string): string | null {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return null;
  }
}

function credentialOf({ id, secret }: Login): Credential | null {
  if (isFullKey(secret)) return parseCredential(secret);
  return parseCredential(isFullKey(id) ? id + secret : `${id}:${secret}`);
}

/** Beside a full key stands one of the key's names. */
const isNameOf = ({ id, secret }: Login, { publicId }: Credential, key: KnownKey): boolean =>
  !isFullKey(secret) || [publicId, prefixOf(publicId), key.id].includes(id);

const isFullKey = (text: string): boolean => text.startsWith('ks_');

/** The client as the author of what it does. */
export const actorOf = ({ key }: Client, visitor: Actor): Actor => ({
  ...visitor,
  kind: 'key',
  accountId: key.accountNumber,
  keyId: key.id,
});
