import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { readClientAddress } from '../../access/caller.js';
import { DomainError } from '../../platform/events/domain-error.js';
import { isTraced, withSpan } from '../../platform/observability/traces/span.js';
import { ANSWER_HEADERS, RAW_ANSWER_HEADERS } from '../../platform/http/answer-headers.js';
import { answerThrown } from '../../platform/http/surface.filter.js';
import { andThen, type MaybePromise } from '../../platform/runtime/maybe-promise.js';
import type { CachedKey } from '../cache/cached-key.js';
import type { Outcome, RateState, Requirements, Verdict } from '../outcome.js';
import { OutcomeCounts } from '../outcome-counts.js';
import { parsePresented, type Presented } from '../presented.js';
import { RequestCredentials } from '../request-credentials.js';
import { VerificationService } from '../verification.service.js';
import { RequestInspector, SessionVerifier } from './ports.js';
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
    return andThen(verdict, (decided) => sendJson(presentVerification(assertPossible(decided)), reply));
  }

  async verifyMany(request: FastifyRequest<{ Body: { keys: VerifyBody[] } }>, reply: FastifyReply): Promise<object> {
    void reply.headers(ANSWER_HEADERS);
    this.inspector.inspect(request);
    const merchantId = await this.verifiers.resolveTenant(request);
    const verdicts = await Promise.all(request.body.keys.map(async (body) => this.verify(body, merchantId)));
    return { results: verdicts.map(presentVerification) };
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
    return answerThrown(error, request, reply);
  }

  private verify(body: VerifyBody, merchantId: string | undefined): MaybePromise<Verdict> {
    const { key, level, scopes, ip, cost } = body;
    const merchant = body.merchant?.toLowerCase();
    const applicationId = body.applicationId?.toLowerCase();
    return this.verdictOn(parsePresented(key), { level, scopes, ip, merchant, applicationId, cost, merchantId });
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

  private answer({ outcome, key, rate, retryAfterSeconds }: Verdict, reply: FastifyReply): void {
    if (outcome === 'VALID' && key !== null) {
      // Written straight to Node's response: the headers are known, and there is no body for Fastify to serialise.
      reply.hijack();
      const headers = this.headersOf(key);
      reply.raw.writeHead(204, rate ? [...headers, 'RateLimit', rateLimit(rate)] : headers).end();
      return;
    }
    if (rate && key?.rate) {
      void reply.header('RateLimit', rateLimit(rate)).header('RateLimit-Policy', rateLimitPolicy(key.rate));
    }
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
        ...(key.rate === null ? [] : ['RateLimit-Policy', rateLimitPolicy(key.rate)]),
      ];
      this.headers.set(key, headers);
    }
    return headers;
  }
}

/** The requirements of a check. The request's address is read only if the key is bound to addresses. */
class CheckRequirements implements Requirements {
  readonly level: number | undefined;
  readonly scopes: string[] | undefined;
  readonly merchant: string | undefined;
  readonly applicationId: string | undefined;

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
}

const JSON_HEADERS = [...RAW_ANSWER_HEADERS, 'Content-Type', 'application/json; charset=utf-8'];

/** Writes a successful answer straight to Node's response, since its headers are known. */
function sendJson(answer: object, reply: FastifyReply): void {
  const text = reply.serialize(answer) as string;
  reply.hijack();
  reply.raw.writeHead(200, [...JSON_HEADERS, 'Content-Length', String(Buffer.byteLength(text))]).end(text);
}

/** In place of scopes, for a key that has none: an empty list would look like a key without limits. */
const NO_SCOPES = '-';

/** The value of the `X-Key-Scopes` header. */
const formatScopes = (scopes: CachedKey['scopes']): string =>
  scopes?.length === 0 ? NO_SCOPES : (scopes?.join(' ') ?? '');

/** The value of the `RateLimit` header (draft-ietf-httpapi-ratelimit-headers). */
const rateLimit = ({ remaining, resetSeconds }: RateState): string => `"key";r=${remaining};t=${resetSeconds}`;

/** The value of the `RateLimit-Policy` header (draft-ietf-httpapi-ratelimit-headers). */
const rateLimitPolicy = ({ limit, windowSeconds }: NonNullable<CachedKey['rate']>): string =>
  `"key";q=${limit};w=${windowSeconds}`;

/** @throws {DomainError} `request.invalid` if the request costs more than a limit of its key ever allows */
function assertPossible(verdict: Verdict): Verdict {
  const { exceeds, outcome } = verdict;
  if (exceeds === undefined) return verdict;
  const limit = outcome === 'RATE_LIMITED' ? 'rate limit' : 'quota';
  throw DomainError.invalid('cost', `cost must be at most ${exceeds}, the key's ${limit}`);
}

function presentVerification({ outcome, key, rate }: Verdict): object {
  return {
    valid: outcome === 'VALID',
    outcome,
    keyId: key?.id ?? null,
    merchantId: key?.merchantId ?? null,
    clientId: key?.clientId ?? null,
    accountId: key?.accountId ?? null,
    applicationId: key?.applicationId ?? null,
    serviceId: key?.serviceId ?? null,
    environment: key?.environment ?? null,
    level: key?.level ?? null,
    scopes: key?.scopes ?? null,
    name: key?.name ?? null,
    expiresAt: key && Number.isFinite(key.expiresAtMs) ? new Date(key.expiresAtMs).toISOString() : null,
    rateLimit: rate,
  };
}
