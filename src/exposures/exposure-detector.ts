import { hash, randomBytes } from 'node:crypto';
import type { BlockList } from 'node:net';
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { readOrigin } from '../access/caller.js';
import type { ExposureSource } from '../api-keys/api-key.entity.js';
import { Config } from '../platform/config/config.js';
import { buildBlockList, isListed } from '../platform/validation/networks.js';
import { KEY_PARAMETERS, readPresented } from '../verification/presented.js';
import { ExposureInbox } from './exposure-inbox.js';
import { describeLocation, type Finding } from './finding.js';

/** What a query must hold for a closer look; whoever asks for nothing but a level or a scope is past here at once. */
const SUSPECT = /ks_(?:live|test)_|(?:key|token|secret)=/i;

/** Where gateways say what they were asked for, when they ask about a key. */
const ORIGINAL_URLS = ['x-original-uri', 'x-forwarded-uri', 'x-original-url'] as const;

const FULL_KEY = /ks_(?:live|test)_[0-9A-Za-z]{54}(?![0-9A-Za-z])/g;

/** Parameters that hold a key, or half of one; OAuth's secret may be a whole one. */
const KEYS = new Set([...KEY_PARAMETERS, 'client_id', 'client_secret']);

/** Parameters that hold the other half. */
const SECRETS = new Set(['secret', 'apisecret', 'api_secret', 'api-secret', 'client_secret']);

/** Texts of one request that are looked at, and characters of each. */
const TEXTS_MAX = 10;
const TEXT_MAX = 600;

/** Sightings that wait to be stored. */
const PENDING_MAX = 1000;

/** How long a text isn't looked at again by this process, and how many such are remembered. */
const QUIET_MS = 600_000;
const REMEMBERED_MAX = 10_000;

const STORE_AFTER_MS = 50;
const TRY_AGAIN_AFTER_MS = 2000;

/**
 * Notices keys that come where they shouldn't: in a query, or over plain HTTP. The request itself is answered as if nobody had looked. A key
 * that comes so with every request is looked at every ten minutes; when more come than can be stored, the rest will come again.
 */
@Injectable()
export class ExposureDetector implements OnApplicationShutdown {
  private readonly logger = new Logger('Keywright');
  private readonly salt = randomBytes(12).toString('base64');
  private readonly seen = new LRUCache<string, true>({ max: REMEMBERED_MAX, ttl: QUIET_MS });
  private readonly proxies: BlockList | null;
  private pending: Finding[] = [];
  private storing: Promise<void> | null = null;
  private timer: NodeJS.Timeout | undefined;
  private isFull = false;

  constructor(
    { TRUSTED_PROXIES }: Config,
    private readonly inbox: ExposureInbox,
  ) {
    this.proxies = TRUSTED_PROXIES ? buildBlockList(TRUSTED_PROXIES) : null;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.stored();
    // What the database didn't take now it won't take later.
    clearTimeout(this.timer);
  }

  /**
   * Every request passes here, a million times an hour: what is unsuspicious costs a few comparisons. What is in a body is seen once that has
   * been read.
   */
  inspect(request: FastifyRequest): void {
    const { headers, url } = request;
    if (isSuspect(url)) this.inspectUrl(url, request);
    for (const name of ORIGINAL_URLS) {
      const original = headers[name];
      if (typeof original === 'string' && isSuspect(original)) this.inspectUrl(original, request);
    }
    const scheme = headers['x-forwarded-proto'];
    if (typeof scheme === 'string' && this.proxies !== null && isPlain(scheme)) this.inspectCredentials(request);
  }

  /** Stores what has been noticed; where the database doesn't take it, it is tried again later. */
  async stored(): Promise<void> {
    await this.storing;
    await this.startStoring();
  }

  private inspectUrl(url: string, request: FastifyRequest): void {
    for (const text of textsInQuery(url.slice(url.indexOf('?')))) this.enqueue(text, 'query', url, request);
  }

  private inspectCredentials(request: FastifyRequest): void {
    const { remoteAddress = '' } = request.socket;
    if (!this.proxies || !isListed(this.proxies, remoteAddress)) return;
    for (const text of [...textsInHeaders(request), ...textsInBody(request.body)])
      this.enqueue(text, 'http', request.url, request);
  }

  private enqueue(text: string, source: ExposureSource, url: string, request: FastifyRequest): void {
    const name = hash('sha256', `${this.salt}${source} ${text}`, 'base64');
    if (this.seen.has(name)) return;
    if (this.pending.length >= PENDING_MAX) {
      if (!this.isFull)
        this.logger.warn('More keys come exposed than can be looked at; the rest wait until they come again.');
      this.isFull = true;
      return;
    }
    this.seen.set(name, true);
    this.pending.push({
      text,
      source,
      place: describeLocation(`${request.method} ${url}`, [text]),
      origin: readOrigin(request),
    });
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
    try {
      await this.inbox.take(findings);
      this.isFull = false;
    } catch (error) {
      this.pending = [...findings, ...this.pending].slice(0, PENDING_MAX);
      throw error;
    }
  }
}

const isSuspect = (url: string): boolean => url.includes('?') && SUSPECT.test(url);

/** The client's own hop comes first, where there were several. */
const isPlain = (scheme: string): boolean => /^\s*http\s*(,|$)/i.test(scheme);

/** What of a query may be a key: every full key, and what stands where people put keys. */
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

/** The key that a request presents in its headers, if it is one; a full key can come with a name before it, as an OAuth client does. */
function textsInHeaders(request: FastifyRequest): string[] {
  try {
    const { text, token } = readPresented(request);
    return token === null && text !== null && text.length <= TEXT_MAX ? [text, ...(text.match(FULL_KEY) ?? [])] : [];
  } catch {
    return [];
  }
}

/** What is where keys are asked about, or OAuth's clients log in: a body with fields, or a list of such. */
function textsInBody(body: unknown): string[] {
  if (typeof body !== 'object' || body === null || ArrayBuffer.isView(body)) return [];
  const { keys } = body as { keys?: unknown };
  const several = Array.isArray(keys) ? (keys as unknown[]) : [];
  return [body, ...several].flatMap((one) => textsIn(fieldsOf(one).filter(isText)));
}

const fieldsOf = (one: unknown): [string, unknown][] => (typeof one === 'object' && one ? Object.entries(one) : []);

const isText = (field: [string, unknown]): field is [string, string] => typeof field[1] === 'string';
