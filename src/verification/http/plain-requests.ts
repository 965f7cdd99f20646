import type { IncomingHttpHeaders, IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Config } from '../../platform/config/config.js';
import { addressReader } from '../../platform/http/trusted-proxies.js';
import { isTraced } from '../../platform/observability/traces/span.js';
import { andThen, type MaybePromise } from '../../platform/runtime/maybe-promise.js';
import type { Verdict } from '../outcome.js';
import type { Presented } from '../presented.js';
import { RequestCredentials } from '../request-credentials.js';
import { Decisions, type AskedRequest, type QueryRequirements, type VerifyBody } from './decisions.js';
import { RequestInspector } from './ports.js';
import { CHECK, VERIFY } from './route-urls.js';
import { allowCheck, formatVerification, isPossible, sendJson } from './verification.presenter.js';
import { Verifiers } from './verifiers.js';

/** The largest body that is read here, in bytes. */
const BODY_MAX = 16 * 1024;

/** The most queries that are remembered, and the longest path with one, in characters. */
const QUERIES_MAX = 1000;
const QUERY_MAX = 500;

const NO_QUERY = {};
const NOTHING_REQUIRED: QueryRequirements = {};

/** What has been found out about a request that Fastify answers after all. */
interface Finding {
  /** The body, which has been read. */
  body?: Buffer;
  /** Returns the verdict, or throws why there is none; not there while nothing has been decided. */
  verdict?: () => Verdict;
}

/** Reads a body. Returns `null` for one that the route refuses. */
export type BodyReader = (bytes: Buffer) => VerifyBody | null;

/**
 * Answers plain checks and verifications on Node's own server, since Fastify takes longer for a request than a verification. A request that is
 * anything but plain, or is refused, goes on to the same route of Fastify's, with what has been found out about it, so that every rule and every
 * refusal is in one place.
 */
@Injectable()
export class PlainRequests {
  private readonly queries = new LRUCache<string, QueryRequirements>({ max: QUERIES_MAX });
  private readonly findings = new WeakMap<IncomingMessage, Finding>();
  private readonly addressOf: (request: IncomingMessage) => string;

  constructor(
    config: Config,
    private readonly credentials: RequestCredentials,
    private readonly decisions: Decisions,
    private readonly inspector: RequestInspector,
    private readonly verifiers: Verifiers,
  ) {
    this.addressOf = addressReader(config);
  }

  /** Remembers what a query requires that Fastify has validated. */
  remember({ url = '' }: IncomingMessage, required: QueryRequirements): void {
    if (url.length <= QUERY_MAX) this.queries.set(url, required);
  }

  /** Returns what has been found out about a request. */
  findingOn(request: IncomingMessage): Finding | undefined {
    return this.findings.get(request);
  }

  /**
   * Returns what answers the requests of the verification routes.
   *
   * @param others answers requests that are not plain
   */
  listener(readBody: BodyReader, others: RequestListener): RequestListener {
    return (request, response) => {
      if (isTraced() || this.inspector.isSuspect(request)) return others(request, response);
      const asked = new PlainRequest(request, response, others, this.addressOf);
      if (request.method === 'GET') this.check(asked);
      else this.verify(asked, readBody);
    };
  }

  private check(asked: PlainRequest): void {
    const { url = '' } = asked.raw;
    const required = url === CHECK ? NOTHING_REQUIRED : this.queries.get(url);
    if (required === undefined) return asked.handOn();
    settle(
      () => this.decisions.aboutHeaders(asked, required),
      (verdict) => {
        const { outcome, key, rates } = verdict;
        if (outcome === 'VALID' && key !== null) allowCheck(key, rates, asked.response);
        else this.handOver(asked, { verdict: () => verdict });
      },
      (verdict) => this.handOver(asked, { verdict }),
    );
  }

  private verify(asked: PlainRequest, readBody: BodyReader): void {
    const caller = asked.raw.url === VERIFY && hasPlainBody(asked.raw) ? this.readKey(asked) : null;
    if (caller === null) return asked.handOn();
    readAll(asked.raw, (bytes) => {
      const body = readBody(bytes);
      if (body === null) return this.handOver(asked, { body: bytes });
      settle(
        () => andThen(this.verifiers.tenantOf(caller, asked), (tenant) => this.decisions.aboutBody(body, tenant)),
        (verdict) => {
          if (isPossible(verdict)) sendJson(formatVerification(verdict), asked.response);
          else this.handOver(asked, { body: bytes, verdict: () => verdict });
        },
        (verdict) => this.handOver(asked, { body: bytes, verdict }),
      );
    });
  }

  /** Reads the key of a caller. Returns `null` where that takes more than the headers, or is refused. */
  private readKey(asked: PlainRequest): Presented | null {
    try {
      const presented = this.credentials.read(asked);
      return presented instanceof Promise || presented.token !== null || presented.text === null ? null : presented;
    } catch {
      return null;
    }
  }

  private handOver(asked: PlainRequest, finding: Finding): void {
    this.findings.set(asked.raw, finding);
    asked.handOn();
  }
}

/** A request as Node has read it, with as much of Fastify's as a verification needs. Its query has been read. */
class PlainRequest implements AskedRequest {
  readonly query = NO_QUERY;
  readonly headers: IncomingHttpHeaders;

  constructor(
    readonly raw: IncomingMessage,
    readonly response: ServerResponse,
    private readonly others: RequestListener,
    private readonly addressOf: (request: IncomingMessage) => string,
  ) {
    this.headers = raw.headers;
  }

  get ip(): string {
    return this.addressOf(this.raw);
  }

  /** Leaves the request to Fastify. */
  handOn(): void {
    this.others(this.raw, this.response);
  }
}

/** Whether a request has JSON of a known length that is short. */
function hasPlainBody({ headers }: IncomingMessage): boolean {
  const { 'content-type': type, 'content-length': length } = headers;
  return type === 'application/json' && length !== undefined && Number(length) > 0 && Number(length) <= BODY_MAX;
}

/** Reads a body. One whose client goes away is never read. */
function readAll(request: IncomingMessage, done: (bytes: Buffer) => void): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const [first] = chunks;
    done(chunks.length === 1 && first ? first : Buffer.concat(chunks));
  });
}

/** Calls `answer` with the verdict, or `refuse` with what throws why there is none. */
function settle(
  decide: () => MaybePromise<Verdict>,
  answer: (verdict: Verdict) => void,
  refuse: (verdict: () => Verdict) => void,
): void {
  const fail = (reason: unknown): void =>
    refuse(() => {
      throw reason;
    });
  let verdict: MaybePromise<Verdict>;
  try {
    verdict = decide();
  } catch (error) {
    fail(error);
    return;
  }
  void andThen(verdict, answer, fail);
}
