import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { readClientAddress } from '../../access/caller.js';
import { DomainError } from '../../platform/events/domain-error.js';
import { isTraced, withSpan } from '../../platform/observability/traces/span.js';
import { RAW_ANSWER_HEADERS } from '../../platform/http/answer-headers.js';
import { answerThrown } from '../../platform/http/surface.filter.js';
import { Clock } from '../../platform/runtime/clock.js';
import { andThen, type MaybePromise } from '../../platform/runtime/maybe-promise.js';
import { Lease } from '../barrier/lease.js';
import type { CachedKey } from '../cache/cached-key.js';
import type { Outcome, Requirements, Verdict } from '../outcome.js';
import { OutcomeCounts } from '../outcome-counts.js';
import { parsePresented, type Presented } from '../presented.js';
import { hasKeyParameter, RequestCredentials } from '../request-credentials.js';
import { VerificationService } from '../verification.service.js';
import { RequestInspector, SessionVerifier } from './ports.js';
import {
  assertPossible,
  formatRateLimit,
  formatRateLimitPolicy,
  formatScopes,
  formatVerification,
  formatWithKnown,
} from './verification.presenter.js';
import { readKnownKey } from './verifiers/known-key.js';
import { Verifiers } from './verifiers.js';

export type VerifyBody = { key: string } & Omit<Requirements, 'merchantId'>;

interface CheckQuery {
  level?: string;
  scope?: string;
  merchant?: string;
  application?: string;
}

export interface CheckRoute {
  Querystring: CheckQuery;
}

/** Outcomes that are answered with 403. Every other refusal says only that there is no valid key. */
const FORBIDDEN: ReadonlySet<Outcome> = new Set(['IP_NOT_ALLOWED', 'INSUFFICIENT_LEVEL', 'MISSING_SCOPE']);

/** The handlers of the verification routes. */
@Injectable()
export class VerificationRoutes {
  private readonly headers = new WeakMap<CachedKey, string[]>();

  constructor(
    private readonly clock: Clock,
    private readonly lease: Lease,
    private readonly verifiers: Verifiers,
    private readonly credentials: RequestCredentials,
    private readonly sessions: SessionVerifier,
    private readonly outcomeCounts: OutcomeCounts,
    private readonly inspector: RequestInspector,
    private readonly verification: VerificationService,
  ) {}

  verifyOne(request: FastifyRequest<{ Body: VerifyBody }>, reply: FastifyReply): MaybePromise<void> {
    this.inspector.inspect(request);
    const tenant = this.verifiers.resolveTenant(request);
    const verdict = andThen(tenant, (merchantId) => this.verify(request.body, merchantId));
    return andThen(verdict, (decided) => sendJson(formatVerification(assertPossible(decided), reply), reply));
  }

  async verifyMany(request: FastifyRequest<{ Body: { keys: VerifyBody[] } }>, reply: FastifyReply): Promise<void> {
    this.inspector.inspect(request);
    const merchantId = await this.verifiers.resolveTenant(request);
    const verdicts = await Promise.all(request.body.keys.map(async (body) => this.verify(body, merchantId)));
    const results = verdicts.map((verdict) => formatVerification(verdict, reply));
    sendJson(`{"results":[${results.join(',')}]}`, reply);
  }

  /** Verifies keys for a verifier, and says what it may remember of each. */
  async verifyForVerifier(
    request: FastifyRequest<{ Body: { keys: VerifyBody[] } }>,
    reply: FastifyReply,
  ): Promise<void> {
    this.inspector.inspect(request);
    const merchantId = await this.verifiers.resolveMerchant(request);
    // What is read from now on is no older than this.
    const { appliedRevision } = this.lease;
    const results = await Promise.all(
      request.body.keys.map(async (body) => {
        const verdict = await this.verify(body, merchantId);
        return formatWithKnown(verdict, isToken(body.key) ? null : readKnownKey(verdict, this.clock.nowMs()), reply);
      }),
    );
    sendJson(`{"revision":${appliedRevision},"results":[${results.join(',')}]}`, reply);
  }

  check(request: FastifyRequest<CheckRoute>, reply: FastifyReply): MaybePromise<void> {
    this.inspector.inspect(request);
    const verdict = andThen(this.credentials.read(request), (presented) =>
      this.verdictOn(presented, new CheckRequirements(request)),
    );
    return andThen(verdict, (decided) => this.answer(decided, reply));
  }

  /** Answers a request that failed before it reached a handler. It is inspected as well, because it may carry a key. */
  refused(error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    this.inspector.inspect(request);
    // To a schema, a key in the query is but an unknown name.
    const cause = hasKeyParameter(request.query) ? new DomainError('credential.in_query') : error;
    return answerThrown(cause, request, reply);
  }

  private verify(body: VerifyBody, merchantId: string | undefined): MaybePromise<Verdict> {
    const { key, level, scopes, ip, userAgent, cost } = body;
    const merchant = body.merchant?.toLowerCase();
    const applicationId = body.applicationId?.toLowerCase();
    return this.verdictOn(parsePresented(key), {
      level,
      scopes,
      ip,
      userAgent,
      merchant,
      applicationId,
      cost,
      merchantId,
    });
  }

  private verdictOn(presented: Presented, requirements: Requirements): MaybePromise<Verdict> {
    const startMs = performance.now();
    const verdict = isTraced()
      ? withSpan('verify key', (note) => this.noting(note, this.decide(presented, requirements)))
      : this.decide(presented, requirements);
    this.outcomeCounts.count(verdict, startMs);
    return verdict;
  }

  private noting(note: (facts: { outcome: Outcome }) => void, verdict: MaybePromise<Verdict>): MaybePromise<Verdict> {
    return andThen(verdict, (decided) => {
      note({ outcome: decided.outcome });
      return decided;
    });
  }

  private decide({ credential, token, text }: Presented, requirements: Requirements): MaybePromise<Verdict> {
    if (token === null) return this.verification.verify(credential, requirements, text);
    // A text that has the form of a token, but isn't one of this server, may be an imported key.
    return andThen(
      this.sessions.verify(token, requirements),
      (verdict) => verdict ?? this.verification.verify(null, requirements, text),
    );
  }

  private answer({ outcome, key, rates, retryAfterSeconds }: Verdict, reply: FastifyReply): void {
    if (outcome === 'VALID' && key !== null) {
      // Written straight to Node's response: the headers are known, and there is no body for Fastify to serialise.
      reply.hijack();
      const headers = this.headersOf(key);
      reply.raw.writeHead(204, rates.length > 0 ? [...headers, 'RateLimit', formatRateLimit(rates)] : headers).end();
      return;
    }
    if (rates.length > 0 && key)
      void reply
        .header('RateLimit', formatRateLimit(rates))
        .header('RateLimit-Policy', formatRateLimitPolicy(key.rates));
    if (retryAfterSeconds !== undefined) throw new DomainError('quota.exceeded', { retryAfterSeconds });
    throw new DomainError(FORBIDDEN.has(outcome) ? 'access.level_lacking' : 'credential.invalid');
  }

  /** Returns header names and values in alternation. They are the same for every request of a key, and so are built once. */
  private headersOf(key: CachedKey): string[] {
    let headers = this.headers.get(key);
    if (!headers) {
      headers = [
        ...RAW_ANSWER_HEADERS,
        ...['X-Key-Id', key.id, 'X-Client-Id', key.clientId, 'X-Merchant-Id', key.merchantId],
        // Sent also without an application: what a client claims must always meet a header that replaces it.
        ...['X-Application-Id', key.applicationId ?? ''],
        ...['X-Key-Level', String(key.level), 'X-Key-Scopes', formatScopes(key.scopes)],
        ...(key.rates.length === 0 ? [] : ['RateLimit-Policy', formatRateLimitPolicy(key.rates)]),
      ];
      this.headers.set(key, headers);
    }
    return headers;
  }
}

/** Whether a text is looked up as the token of a session, whose permissions are not those of its key. */
const isToken = (text: string): boolean => parsePresented(text).token !== null;

/** The requirements of a check. The request's address is read only when it is needed, which costs a microsecond behind trusted proxies. */
class CheckRequirements implements Requirements {
  readonly level: number | undefined;
  readonly scopes: string[] | undefined;
  readonly merchant: string | undefined;
  readonly applicationId: string | undefined;
  readonly isSampled = true;

  constructor(private readonly request: FastifyRequest<CheckRoute>) {
    const { level, scope, merchant, application } = request.query;
    this.level = level === undefined ? undefined : Number(level);
    this.scopes = scope?.split(' ');
    this.merchant = merchant?.toLowerCase();
    this.applicationId = application?.toLowerCase();
  }

  get ip(): string {
    return readClientAddress(this.request);
  }

  get userAgent(): string | undefined {
    return this.request.headers['user-agent'];
  }
}

const JSON_HEADERS = [...RAW_ANSWER_HEADERS, 'Content-Type', 'application/json; charset=utf-8'];

/** Writes a successful answer straight to Node's response, since its headers are known. */
function sendJson(text: string, reply: FastifyReply): void {
  reply.hijack();
  reply.raw.writeHead(200, [...JSON_HEADERS, 'Content-Length', String(Buffer.byteLength(text))]).end(text);
}
