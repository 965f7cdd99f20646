import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { isIntact } from '../api-keys/credentials/credential.js';
import { Config } from '../platform/config/config.js';
import { DomainError } from '../platform/events/domain-error.js';
import { andThen, type MaybePromise } from '../platform/runtime/maybe-promise.js';
import { parseAuthorization, parseKeyHeader, withoutPassword, type Presented } from './presented.js';
import { VerificationService } from './verification.service.js';

const AUTHORIZATION = 'authorization';
const API_KEY = 'x-api-key';

const NOTHING: Presented = { credential: null, token: null, text: null };

/** Query parameters in which keys are sent by mistake. Queries end up in logs, browser histories and referrers. */
export const KEY_PARAMETERS = ['key', 'apikey', 'api_key', 'api-key', 'token', 'access_token'];

/** Whether a query has a parameter in which keys are sent by mistake. */
export function hasKeyParameter(query: unknown): boolean {
  for (const name in query as object) if (KEY_PARAMETERS.includes(name.toLowerCase())) return true;
  return false;
}

/** The values of the headers that may hold a credential, without empty ones. */
interface Values {
  /** Of all `Authorization` headers: of two, Node's parsed headers show only the first. */
  authorizations: string[] | null;
  /** The different values of all headers that hold a key. */
  keys: string[] | null;
}

type Request = Pick<FastifyRequest, 'headers' | 'query'> & { raw: Pick<IncomingMessage, 'rawHeaders'> };

/** Reads the credentials of requests from `Authorization: Bearer` or `Basic`, from `X-API-Key` and from the header named by `KEY_HEADER`. */
@Injectable()
export class RequestCredentials {
  private readonly keyHeaders: readonly string[];

  constructor(
    { KEY_HEADER }: Config,
    private readonly verification: VerificationService,
  ) {
    this.keyHeaders = KEY_HEADER === undefined || KEY_HEADER === API_KEY ? [API_KEY] : [API_KEY, KEY_HEADER];
  }

  /**
   * Returns the credential of a request. An `Authorization` beside a header with a key is somebody else's, such as a site's login, unless it holds
   * a key as well.
   *
   * @throws {DomainError} `credential.ambiguous` for two different keys or two `Authorization` headers, `credential.in_query` for a key in the
   *   query, `unavailable`
   */
  read({ headers, query, raw }: Request): MaybePromise<Presented> {
    if (hasKeyParameter(query)) throw new DomainError('credential.in_query');
    // Most requests have one `Authorization` and nothing else.
    const { authorization: only } = headers;
    if (only !== undefined && !this.hasKeyHeader(headers) && isSingle(raw.rawHeaders)) return parseAuthorization(only);
    const { authorizations, keys } = this.valuesOf(raw.rawHeaders);
    if (keys === null) {
      const [authorization] = authorizations ?? [];
      if (authorization === undefined) return NOTHING;
      if (authorizations && authorizations.length > 1) throw new DomainError('credential.ambiguous');
      return parseAuthorization(authorization);
    }
    const [key = ''] = keys;
    if (keys.length > 1) throw new DomainError('credential.ambiguous');
    const presented = parseKeyHeader(key);
    return authorizations === null ? presented : this.alone(presented, authorizations.map(parseAuthorization));
  }

  /** Returns everything that a request presents, also where it presents too much. */
  readAll({ raw }: Request): Presented[] {
    const { authorizations, keys } = this.valuesOf(raw.rawHeaders);
    return [...(keys ?? []).map(parseKeyHeader), ...(authorizations ?? []).map(parseAuthorization)];
  }

  /** Returns the presented key, unless a header beside it holds another key. */
  private alone(presented: Presented, [beside, ...others]: readonly Presented[]): MaybePromise<Presented> {
    if (beside === undefined) return presented;
    const { credential, text } = beside;
    if (text === null || text === withoutPassword(presented.text ?? '')) return this.alone(presented, others);
    const isKey = credential !== null && isIntact(credential) ? true : this.verification.holds(text);
    return andThen(isKey, (is) => {
      if (is) throw new DomainError('credential.ambiguous');
      return this.alone(presented, others);
    });
  }

  private hasKeyHeader(headers: Request['headers']): boolean {
    for (const name of this.keyHeaders) if (headers[name] !== undefined) return true;
    return false;
  }

  private valuesOf(rawHeaders: readonly string[]): Values {
    const values: Values = { authorizations: null, keys: null };
    for (let index = 0; index < rawHeaders.length; index += 2) {
      const name = rawHeaders[index] ?? '';
      const value = rawHeaders[index + 1] ?? '';
      if (value === '') continue;
      if (isNamed(name, AUTHORIZATION)) (values.authorizations ??= []).push(value);
      else if (this.isKeyHeader(name) && !values.keys?.includes(value)) (values.keys ??= []).push(value);
    }
    return values;
  }

  private isKeyHeader(name: string): boolean {
    for (const header of this.keyHeaders) if (isNamed(name, header)) return true;
    return false;
  }
}

/** Whether there is at most one `Authorization`. */
function isSingle(rawHeaders: readonly string[]): boolean {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2)
    if (isNamed(rawHeaders[index] ?? '', AUTHORIZATION)) count += 1;
  return count < 2;
}

/** Whether a header has a name, which is given in lower case. Most names differ in length already. */
const isNamed = (name: string, lowerCase: string): boolean =>
  name.length === lowerCase.length && name.toLowerCase() === lowerCase;
