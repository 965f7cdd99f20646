import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '../../platform/events/domain-error.js';
import { answerThrown } from '../../platform/http/surface.filter.js';
import { Clock } from '../../platform/runtime/clock.js';
import { andThen, type MaybePromise } from '../../platform/runtime/maybe-promise.js';
import { Lease } from '../barrier/lease.js';
import type { Outcome, Verdict } from '../outcome.js';
import { parsePresented } from '../presented.js';
import { hasKeyParameter } from '../request-credentials.js';
import { Decisions, readQuery, type CheckQuery, type VerifyBody } from './decisions.js';
import { PlainRequests } from './plain-requests.js';
import { RequestInspector } from './ports.js';
import {
  allowCheck,
  assertPossible,
  formatRateLimit,
  formatRateLimitPolicy,
  formatVerification,
  formatWithKnown,
  sendJson,
} from './verification.presenter.js';
import { readKnownKey } from './verifiers/known-key.js';
import { Verifiers } from './verifiers.js';

export interface CheckRoute {
  Querystring: CheckQuery;
}

/** Outcomes that are answered with 403. Every other refusal says only that there is no valid key. */
const FORBIDDEN: ReadonlySet<Outcome> = new Set(['IP_NOT_ALLOWED', 'INSUFFICIENT_LEVEL', 'MISSING_SCOPE']);

/** The handlers of the verification routes. */
@Injectable()
export class VerificationRoutes {
  constructor(
    private readonly clock: Clock,
    private readonly lease: Lease,
    private readonly decisions: Decisions,
    private readonly inspector: RequestInspector,
    private readonly plainRequests: PlainRequests,
    private readonly verifiers: Verifiers,
  ) {}

  verifyOne(request: FastifyRequest<{ Body: VerifyBody }>, reply: FastifyReply): MaybePromise<void> {
    this.inspector.inspect(request);
    return andThen(this.plainRequests.verdictOn(request.raw) ?? this.decideOne(request), (verdict) =>
      answerJson(formatVerification(assertPossible(verdict)), reply),
    );
  }

  async verifyMany(request: FastifyRequest<{ Body: { keys: VerifyBody[] } }>, reply: FastifyReply): Promise<void> {
    this.inspector.inspect(request);
    const merchantId = await this.verifiers.resolveTenant(request);
    const verdicts = await Promise.all(
      request.body.keys.map(async (body) => this.decisions.aboutBody(body, merchantId)),
    );
    answerJson(`{"results":[${verdicts.map(formatVerification).join(',')}]}`, reply);
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
        const verdict = await this.decisions.aboutBody(body, merchantId);
        return formatWithKnown(verdict, isToken(body.key) ? null : readKnownKey(verdict, this.clock.nowMs()));
      }),
    );
    answerJson(`{"revision":${appliedRevision},"results":[${results.join(',')}]}`, reply);
  }

  check(request: FastifyRequest<CheckRoute>, reply: FastifyReply): MaybePromise<void> {
    this.inspector.inspect(request);
    const required = readQuery(request.query);
    this.plainRequests.remember(request.raw, required);
    const verdict = this.plainRequests.verdictOn(request.raw) ?? this.decisions.aboutHeaders(request, required);
    return andThen(verdict, (decided) => this.answer(decided, reply));
  }

  /** Answers a request that failed before it reached a handler. It is inspected as well, because it may carry a key. */
  refused(error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    this.inspector.inspect(request);
    // To a schema, a key in the query is but an unknown name.
    const cause = hasKeyParameter(request.query) ? new DomainError('credential.in_query') : error;
    return answerThrown(cause, request, reply);
  }

  private decideOne(request: FastifyRequest<{ Body: VerifyBody }>): MaybePromise<Verdict> {
    return andThen(this.verifiers.resolveTenant(request), (merchantId) =>
      this.decisions.aboutBody(request.body, merchantId),
    );
  }

  private answer({ outcome, key, rates, refusal }: Verdict, reply: FastifyReply): void {
    if (outcome === 'VALID' && key !== null) {
      reply.hijack();
      allowCheck(key, rates, reply.raw);
      return;
    }
    if (rates.length > 0 && key)
      void reply
        .header('RateLimit', formatRateLimit(rates))
        .header('RateLimit-Policy', formatRateLimitPolicy(key.rates));
    const { retryAfterSeconds = null } = refusal ?? {};
    if (retryAfterSeconds !== null) throw new DomainError('quota.exceeded', { retryAfterSeconds });
    throw new DomainError(FORBIDDEN.has(outcome) ? 'access.level_lacking' : 'credential.invalid');
  }
}

/** Whether a text is looked up as the token of a session, whose permissions are not those of its key. */
const isToken = (text: string): boolean => parsePresented(text).token !== null;

/** Answers straight on Node's response: the head is known, and the text needs no serialisation. */
function answerJson(text: string, reply: FastifyReply): void {
  reply.hijack();
  sendJson(text, reply.raw);
}
