import { Injectable } from '@nestjs/common';
import { parseCredential, prefixOf, type Credential } from '../api-keys/credentials/credential.js';
import type { ClientSource } from '../access/caller.js';
import type { Actor } from '../platform/events/actor.js';
import { DomainError } from '../platform/events/domain-error.js';
import type { CachedKey } from '../verification/cache/cached-key.js';
import { decodeBasic, withoutPassword } from '../verification/presented.js';
import { VerificationService } from '../verification/verification.service.js';
import { ClientThrottle } from './client-throttle.js';
import type { ClientBody } from './oauth.dto.js';

/** A caller of the OAuth routes: a valid key, and the public id under which it was presented. */
export interface Client {
  key: CachedKey;
  publicId: string;
}

/** A client's id and secret, as they were sent. */
interface Login {
  id: string;
  secret: string;
}

/**
 * Authenticates clients (RFC 6749, section 2.3.1), by HTTP Basic or by `client_id` and `client_secret` in the body. A client is a key. It
 * sends its public id and its secret. A full key (`ks_…`) or an imported key may be sent as the secret, with the key's public id,
 * `keyPrefix` or id as the client's id; by Basic also as the user name, with an empty password.
 */
@Injectable()
export class Clients {
  constructor(
    private readonly throttle: ClientThrottle,
    private readonly verification: VerificationService,
  ) {}

  /**
   * Returns the client that sent a request.
   *
   * @param source where the client is
   * @throws {DomainError} `credential.invalid`, `credential.ambiguous` for credentials in both the header and the body,
   *   `request.rate_limited` after too many failures
   */
  async authenticate(authorization: string | undefined, body: ClientBody, source: ClientSource): Promise<Client> {
    const logins = readLogins(authorization, body);
    return this.throttle.guard(source.ip, logins[0]?.id ?? '', () => this.find(logins, source));
  }

  private async find(logins: Login[], source: ClientSource): Promise<Client> {
    for (const login of logins) {
      const key = (await this.findKey(login, source)) ?? (await this.findImportedKey(login, source));
      if (key) return { key, publicId: key.publicId };
    }
    throw new DomainError('credential.invalid');
  }

  private async findKey(login: Login, source: ClientSource): Promise<CachedKey | null> {
    const { id, secret } = login;
    const text = secret === '' ? id : `${id}:${secret}`;
    const key = await this.verification.authenticate(readCredential(login), source, text);
    return key && isFullKey(secret) && !namesKey(login, key) ? null : key;
  }

  private async findImportedKey(login: Login, source: ClientSource): Promise<CachedKey | null> {
    const key = await this.verification.authenticate(null, source, login.secret);
    return key && namesKey(login, key) ? key : null;
  }
}

/**
 * Returns the logins to try. RFC 6749 requires the id and the secret in Basic to be form-encoded, but many clients send them unencoded, so
 * both readings are tried where they differ. A `client_id` in the body may only repeat the id in Basic (section 3.2.1).
 */
function readLogins(authorization: string | undefined, { client_id, client_secret }: ClientBody): Login[] {
  if (authorization === undefined) {
    return client_id === undefined || client_secret === undefined ? [] : [{ id: client_id, secret: client_secret }];
  }
  const text = decodeBasic(authorization);
  const isRepeated = client_id !== undefined && text?.startsWith(`${client_id}:`) === true;
  if ((client_id !== undefined && !isRepeated) || client_secret !== undefined)
    throw new DomainError('credential.ambiguous');
  if (text === null) return [];
  const [id = '', ...rest] = text.split(':');
  const asWritten = { id, secret: rest.join(':') };
  const decoded = { id: decodeForm(asWritten.id), secret: decodeForm(asWritten.secret) };
  // An imported key may hold a colon, also when it is the user name.
  const whole = asWritten.secret.endsWith(':') ? [{ id: withoutPassword(text), secret: '' }] : [];
  if (decoded.id === asWritten.id && decoded.secret === asWritten.secret) return [asWritten, ...whole];
  return decoded.id === null || decoded.secret === null
    ? [asWritten, ...whole]
    : [{ id: decoded.id, secret: decoded.secret }, asWritten, ...whole];
}

function decodeForm(text: string): string | null {
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

/** Returns whether an id names the key that was sent as the secret. An imported key is also named by the beginning of its prefix. */
function namesKey({ id, secret }: Login, key: CachedKey): boolean {
  if (id === key.publicId || id === key.id) return true;
  return isFullKey(secret) ? id === prefixOf(secret) : id !== '' && prefixOf(secret).startsWith(id);
}

const isFullKey = (text: string): boolean => text.startsWith('ks_');

/** Returns the client as the actor of its requests. */
export const actorOf = ({ key }: Client, visitor: Actor): Actor => ({
  ...visitor,
  kind: 'key',
  accountId: key.accountNumber,
  keyId: key.id,
});
