import type { IncomingHttpHeaders, IncomingMessage, RequestListener } from 'node:http';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Config } from '../../platform/config/config.js';
import type { PlainConnection } from '../../platform/http/plain-connections.js';
import type { PlainRequest } from '../../platform/http/plain-request.js';
import { addressReader, type AddressReader } from '../../platform/http/trusted-proxies.js';
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

/** The most queries that are remembered, and the longest path with one, in characters. */
const QUERIES_MAX = 1000;
const QUERY_MAX = 500;

const JSON_TYPE = 'application/json';
const NO_QUERY = {};
const NOTHING_REQUIRED: QueryRequirements = {};

/** Reads a body. Returns `null` for one that the route refuses. */
export type BodyReader = (bytes: Buffer) => VerifyBody | null;

/**
 * Answers plain checks and verifications, since Node's messages and Fastify take longer for a request than a verification. What is anything but
 * plain, or is refused, goes on to the same route of Fastify's, with the verdict if there is one, so that every rule and every refusal is in one place.
 */
@Injectable()
export class PlainRequests {
  private readonly queries = new LRUCache<string, QueryRequirements>({ max: QUERIES_MAX });
  private readonly verdicts = new WeakMap<IncomingMessage, () => Verdict>();
  private readonly addressOf: AddressReader;
  private readBody: BodyReader = () => null;
  private others: RequestListener = () => undefined;

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

  /** Returns the verdict on a request that has been decided and counted already, or throws why there is none; `null` for any other. */
  verdictOn(request: IncomingMessage): Verdict | null {
    return this.verdicts.get(request)?.() ?? null;
  }

  /** Has the bodies of verifications read by `readBody`, and what is not answered here answered by `others`. */
  use(readBody: BodyReader, others: RequestListener): void {
    this.readBody = readBody;
    this.others = others;
  }

  answer(request: PlainRequest, connection: PlainConnection): void {
    const asked = new AskedPlainly(request, connection, this.addressOf);
    if (request.hasRepeated || isTraced() || this.inspector.isSuspect(request)) this.handOn(asked);
    else if (request.method === 'GET') this.check(asked);
    else this.verify(asked);
  }

  private check(asked: AskedPlainly): void {
    const { url } = asked.raw;
    const required = url === CHECK ? NOTHING_REQUIRED : this.queries.get(url);
    if (required === undefined) return this.handOn(asked);
    settle(
      () => this.decisions.aboutHeaders(asked, required),
      (verdict) => {
        const { outcome, key, rates } = verdict;
        if (outcome === 'VALID' && key !== null) allowCheck(key, rates, asked.connection);
        else this.handOn(asked, () => verdict);
      },
      (verdict) => this.handOn(asked, verdict),
    );
  }

  private verify(asked: AskedPlainly): void {
    const { raw } = asked;
    const caller = raw.url === VERIFY && raw.headers['content-type'] === JSON_TYPE ? this.readKey(asked) : null;
    const body = caller && this.readBody(raw.body);
    if (caller === null || body === null) return this.handOn(asked);
    settle(
      () => andThen(this.verifiers.tenantOf(caller, asked), (tenant) => this.decisions.aboutBody(body, tenant)),
      (verdict) => {
        if (isPossible(verdict)) sendJson(formatVerification(verdict), asked.connection);
        else this.handOn(asked, () => verdict);
      },
      (verdict) => this.handOn(asked, verdict),
    );
  }

  /** Reads the key of a caller. Returns `null` where that takes more than the headers, or is refused. */
  private readKey(asked: AskedPlainly): Presented | null {
    try {
      const presented = this.credentials.read(asked);
      return presented instanceof Promise || presented.token !== null || presented.text === null ? null : presented;
    } catch {
      return null;
    }
  }

  /**
   * Leaves a request to Fastify's route.
   *
   * @param verdict returns the verdict, or throws why there is none; not there while nothing has been decided
   */
  private handOn({ raw, connection }: AskedPlainly, verdict?: () => Verdict): void {
    const [message, response] = connection.toNode(raw);
    if (verdict) this.verdicts.set(message, verdict);
    this.others(message, response);
  }
}

/** A plain request, with as much of Fastify's as a verification needs. Its query has been read. */
class AskedPlainly implements AskedRequest {
  readonly query = NO_QUERY;
  readonly headers: IncomingHttpHeaders;

  constructor(
    readonly raw: PlainRequest,
    readonly connection: PlainConnection,
    private readonly addressOf: AddressReader,
  ) {
    this.headers = raw.headers;
  }

  get ip(): string {
    return this.addressOf({ headers: this.headers, socket: this.connection });
  }
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
