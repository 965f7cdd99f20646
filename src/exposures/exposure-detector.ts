import { hash, randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { readOrigin } from '../access/caller.js';
import type { ExposureSource } from '../api-keys/api-key.entity.js';
import { Config } from '../platform/config/config.js';
import { partyAt } from '../platform/limits/address.js';
import { AddressList } from '../platform/validation/address-list.js';
import type { Presented } from '../verification/presented.js';
import { KEY_PARAMETERS, RequestCredentials } from '../verification/request-credentials.js';
import { ExposureInbox } from './exposure-inbox.js';
import { describeLocation, type Finding } from './finding.js';
import { FULL_KEY } from './key-texts.js';

/** A query without a match is not inspected further; the usual parameters of a check don't match. */
const SUSPECT = /ks_(?:live|test)_|(?:key|token|secret)=/i;

/** Headers in which gateways pass the original URL of a request that they check. */
const ORIGINAL_URLS = ['x-original-uri', 'x-forwarded-uri', 'x-original-url'] as const;

/** Parameters that hold a key, or the first half of a pair; `client_secret` may be a full key. */
const KEYS = new Set([...KEY_PARAMETERS, 'client_id', 'client_secret']);

/** Parameters that hold the second half of a pair. */
const SECRETS = new Set(['secret', 'apisecret', 'api_secret', 'api-secret', 'client_secret']);

/** The most texts inspected in one request, and the most characters of each. */
const TEXTS_MAX = 10;
const TEXT_MAX = 600;

/** The most findings that wait to be stored, in all and from one address. */
const PENDING_MAX = 1000;
const PENDING_PER_ADDRESS = 100;

/** The time for which a process ignores a text that it has found already, and the most such texts it remembers. */
const QUIET_MS = 600_000;
const REMEMBERED_MAX = 10_000;

const STORE_AFTER_MS = 50;
const TRY_AGAIN_AFTER_MS = 2000;

/**
 * Detects keys in the query of a request, or sent over plain HTTP. The response to the request is the same either way. A key that is exposed by
 * every request is reported every ten minutes; findings beyond what can be stored, in all or from one address, are dropped, because they will recur.
 */
@Injectable()
export class ExposureDetector implements OnApplicationShutdown {
  private readonly logger = new Logger('Keywright');
  private readonly salt = randomBytes(12).toString('base64');
  private readonly seen = new LRUCache<string, true>({ max: REMEMBERED_MAX, ttl: QUIET_MS });
  private readonly proxies: AddressList | null;
  private pending: Finding[] = [];
  private readonly pendingByAddress = new Map<string, number>();
  private storing: Promise<void> | null = null;
  private timer: NodeJS.Timeout | undefined;
  private isFull = false;

  constructor(
    { TRUSTED_PROXIES }: Config,
    private readonly credentials: RequestCredentials,
    private readonly inbox: ExposureInbox,
  ) {
    this.proxies = TRUSTED_PROXIES ? new AddressList(TRUSTED_PROXIES) : null;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.stored();
    // The database is about to close, so a retry would be too late.
    clearTimeout(this.timer);
  }

  /** Inspects a request. The body is inspected when it has been read. */
  inspect(request: FastifyRequest): void {
    if (!this.isSuspect(request)) return;
    const { headers, url } = request;
    if (isSuspectUrl(url)) this.inspectUrl(url, request);
    for (const name of ORIGINAL_URLS) {
      const original = headers[name];
      if (typeof original === 'string' && isSuspectUrl(original)) this.inspectUrl(original, request);
    }
    if (this.isForwardedPlainly(headers)) this.inspectCredentials(request);
  }

  /** Whether a request may have something to find. Every request passes here, so an unsuspicious one costs only a few comparisons. */
  isSuspect({ headers, url = '' }: Pick<IncomingMessage, 'headers' | 'url'>): boolean {
    if (isSuspectUrl(url) || this.isForwardedPlainly(headers)) return true;
    for (const name of ORIGINAL_URLS) {
      const original = headers[name];
      if (typeof original === 'string' && isSuspectUrl(original)) return true;
    }
    return false;
  }

  /** Stores the pending findings; a failure is retried later. */
  async stored(): Promise<void> {
    await this.storing;
    await this.startStoring();
  }

  private isForwardedPlainly(headers: IncomingHttpHeaders): boolean {
    const scheme = headers['x-forwarded-proto'];
    return typeof scheme === 'string' && this.proxies !== null && isPlain(scheme);
  }

  private inspectUrl(url: string, request: FastifyRequest): void {
    for (const text of textsInQuery(url.slice(url.indexOf('?')))) this.enqueue(text, 'query', url, request);
  }

  private inspectCredentials(request: FastifyRequest): void {
    const { remoteAddress = '' } = request.socket;
    if (!this.proxies?.includes(remoteAddress)) return;
    const presented = this.credentials.readAll(request);
    for (const text of [...textsPresented(presented), ...textsInBody(request.body)])
      this.enqueue(text, 'http', request.url, request);
  }

  private enqueue(text: string, source: ExposureSource, url: string, request: FastifyRequest): void {
    const name = hash('sha256', `${this.salt}${source} ${text}`, 'base64');
    if (this.seen.has(name)) return;
    const origin = readOrigin(request);
    const party = origin.address === null ? '' : partyAt(origin.address);
    const own = this.pendingByAddress.get(party) ?? 0;
    if (own >= PENDING_PER_ADDRESS) return;
    if (this.pending.length >= PENDING_MAX) {
      if (!this.isFull)
        this.logger.warn('More exposed keys arrive than can be stored; the rest are reported when they recur.');
      this.isFull = true;
      return;
    }
    this.seen.set(name, true);
    this.pending.push({
      text,
      source,
      place: describeLocation(`${request.method} ${url}`, [text]),
      origin,
    });
    this.pendingByAddress.set(party, own + 1);
    this.schedule(STORE_AFTER_MS);
  }

  private schedule(afterMs: number): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      void this.startStoring();
    }, afterMs).unref();
  }

  private startStoring(): Promise<void> {
    this.storing ??= this.store()
      .catch(() => this.schedule(TRY_AGAIN_AFTER_MS))
      .finally(() => (this.storing = null));
    return this.storing;
  }

  private async store(): Promise<void> {
    const findings = this.pending;
    this.pending = [];
    this.pendingByAddress.clear();
    try {
      await this.inbox.takeSome(findings);
      this.isFull = false;
    } catch (error) {
      this.pending = [...findings, ...this.pending].slice(0, PENDING_MAX);
      throw error;
    }
  }
}

const isSuspectUrl = (url: string): boolean => url.includes('?') && SUSPECT.test(url);

/** Of several hops, the client's comes first. */
const isPlain = (scheme: string): boolean => /^\s*http\s*(,|$)/i.test(scheme);

/** The texts of a query that may be keys: full keys, and the values of parameters in which keys are often passed. */
function textsInQuery(query: string): string[] {
  const texts = [...(query.match(FULL_KEY) ?? []), ...textsIn([...new URLSearchParams(query)])];
  return [...new Set(texts)].slice(0, TEXTS_MAX);
}

function textsIn(parameters: [name: string, value: string][]): string[] {
  const named = (names: ReadonlySet<string>): string[] =>
    parameters
      .filter(([name, value]) => names.has(name.toLowerCase()) && value.length <= TEXT_MAX)
      .map(([, value]) => value)
      .slice(0, TEXTS_MAX);
  const secrets = named(SECRETS);
  return named(KEYS).flatMap((key) => [key, ...secrets.map((secret) => `${key}:${secret}`)]);
}

/** The keys in the headers of a request. OAuth clients send a full key after a name. */
const textsPresented = (presented: readonly Presented[]): string[] =>
  presented.flatMap(({ text, token }) =>
    token === null && text !== null && text.length <= TEXT_MAX ? [text, ...(text.match(FULL_KEY) ?? [])] : [],
  );

/** The texts in the body of a verification or an OAuth request: its fields, or those of a list of keys. */
function textsInBody(body: unknown): string[] {
  if (typeof body !== 'object' || body === null || ArrayBuffer.isView(body)) return [];
  const { keys } = body as { keys?: unknown };
  const several = Array.isArray(keys) ? (keys as unknown[]) : [];
  return [body, ...several].flatMap((one) => textsIn(fieldsOf(one).filter(isText)));
}

const fieldsOf = (one: unknown): [string, unknown][] => (typeof one === 'object' && one ? Object.entries(one) : []);

const isText = (field: [string, unknown]): field is [string, string] => typeof field[1] === 'string';
