import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { parseCredential } from '../api-keys/credential.js';
import { DomainError } from '../domain/domain-error.js';
import type { KnownKey } from '../verification/keyring/known-keys.js';
import type { Outcome, RateState, Requirements, Verdict } from '../verification/outcome.js';
import { presentedBy } from '../verification/presented.js';
import { Sessions } from '../verification/sessions.js';
import { VerificationService } from '../verification/verification.service.js';
import { Callers } from './callers.js';

export type VerifyBody = { key: string } & Omit<Requirements, 'merchantId'>;

interface CheckQuery {
  level?: string;
  scope?: string;
  application?: string;
}

export interface CheckRoute {
  Querystring: CheckQuery;
}

/** Outcomes of a good key that isn't good enough; every other refusal says no more than that there is no good key. */
const FORBIDDEN: ReadonlySet<Outcome> = new Set(['IP_NOT_ALLOWED', 'INSUFFICIENT_LEVEL', 'MISSING_SCOPE']);

/** What the verification routes do. */
@Injectable()
export class VerificationRoutes {
  private readonly headers = new WeakMap<KnownKey, Record<string, string>>();

  constructor(
    private readonly callers: Callers,
    private readonly sessions: Sessions,
    private readonly verification: VerificationService,
  ) {}

  async verifyOne(request: FastifyRequest<{ Body: VerifyBody }>): Promise<object> {
    return presentVerification(await this.verify(request.body, await this.callers.reachOf(request)));
  }

  async verifyMany(request: FastifyRequest<{ Body: { keys: VerifyBody[] } }>): Promise<object> {
    const merchantId = await this.callers.reachOf(request);
    const verdicts = await Promise.all(request.body.keys.map(async (body) => this.verify(body, merchantId)));
    return { results: verdicts.map(presentVerification) };
  }

  private verify({ key, ...requirements }: VerifyBody, merchantId: string | undefined): Verdict | Promise<Verdict> {
    return this.verification.verify(parseCredential(key), { ...requirements, merchantId });
  }

  check(request: FastifyRequest<CheckRoute>, reply: FastifyReply): void | Promise<void> {
    const { credential, token } = presentedBy(request);
    const requirements = new CheckRequirements(request);
    const session = token === null ? null : this.sessions.keyOf(token);
    const verdict =
      session === null
        ? this.verification.verify(credential, requirements)
        : this.verification.verifySession(session, requirements);
    // The reply itself is not returned: Fastify would wait for its end at a price of half a request.
    if (verdict instanceof Promise) return verdict.then((late) => this.answer(late, reply));
    this.answer(verdict, reply);
  }

  private answer({ outcome, key, rate, retryAfterSeconds }: Verdict, reply: FastifyReply): void {
    if (rate) void reply.headers(rateHeaders(rate, key));
    if (outcome === 'VALID' && key !== null) {
      void reply.code(204).headers(this.headersOf(key)).send();
      return;
    }
    if (retryAfterSeconds !== undefined) throw new DomainError('quota.exceeded', { retryAfterSeconds });
    throw new DomainError(FORBIDDEN.has(outcome) ? 'access.level_lacking' : 'credential.invalid');
  }

  /** The same for every request of a key, so they are put together once. */
  private headersOf(key: KnownKey): Record<string, string> {
    let headers = this.headers.get(key);
    if (!headers) {
      headers = {
        'X-Key-Id': key.id,
        'X-Client-Id': key.clientId,
        'X-Merchant-Id': key.merchantId,
        ...(key.applicationId !== null && { 'X-Application-Id': key.applicationId }),
        'X-Key-Level': String(key.level),
        'X-Key-Scopes': key.scopes?.join(' ') ?? '',
      };
      this.headers.set(key, headers);
    }
    return headers;
  }
}

/** What a check asks of its key. The address is looked for only where a key is bound to some. */
class CheckRequirements implements Requirements {
  readonly level: number | undefined;
  readonly scopes: string[] | undefined;
  readonly applicationId: string | undefined;

  constructor(private readonly request: FastifyRequest<CheckRoute>) {
    const { level, scope, application } = request.query;
    this.level = level === undefined ? undefined : Number(level);
    this.scopes = scope?.split(' ');
    this.applicationId = application;
  }

  get ip(): string {
    return this.request.ip;
  }
}

/** draft-ietf-httpapi-ratelimit-headers */
function rateHeaders({ limit, remaining, resetSeconds }: RateState, key: KnownKey | null): Record<string, string> {
  return {
    RateLimit: `"key";r=${remaining};t=${resetSeconds}`,
    'RateLimit-Policy': `"key";q=${limit};w=${key?.rate?.windowSeconds ?? 60}`,
  };
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
