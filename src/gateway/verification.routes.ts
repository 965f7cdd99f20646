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
  private readonly headers = new WeakMap<KnownKey, string[]>();

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
    return this.verification.verify(parseCredential(key), { ...requirements, merchantId }, key);
  }

  check(request: FastifyRequest<CheckRoute>, reply: FastifyReply): void | Promise<void> {
    const { credential, token, text } = presentedBy(request);
    const requirements = new CheckRequirements(request);
    const session = token === null ? null : this.sessions.keyOf(token);
    const verdict =
      session === null
        ? this.verification.verify(credential, requirements, text)
        : this.verification.verifySession(session, requirements);
    // The reply itself is not returned: Fastify would wait for its end at a price of half a request.
    if (verdict instanceof Promise) return verdict.then((late) => this.answer(late, reply));
    this.answer(verdict, reply);
  }

  private answer({ outcome, key, rate, retryAfterSeconds }: Verdict, reply: FastifyReply): void {
    if (outcome === 'VALID' && key !== null) {
      // Straight to Node: the headers are known, and there is no body for Fastify to serialise.
      reply.hijack();
      reply.raw.writeHead(204, rate ? [...this.headersOf(key), ...rateHeaders(rate, key)] : this.headersOf(key)).end();
      return;
    }
    if (rate) for (const [name, value] of pairs(rateHeaders(rate, key))) void reply.header(name, value);
    if (retryAfterSeconds !== undefined) throw new DomainError('quota.exceeded', { retryAfterSeconds });
    throw new DomainError(FORBIDDEN.has(outcome) ? 'access.level_lacking' : 'credential.invalid');
  }

  /** Names and values in turn, the same for every request of a key, so they are put together once. */
  private headersOf(key: KnownKey): string[] {
    let headers = this.headers.get(key);
    if (!headers) {
      headers = [
        ...['X-Key-Id', key.id, 'X-Client-Id', key.clientId, 'X-Merchant-Id', key.merchantId],
        ...(key.applicationId === null ? [] : ['X-Application-Id', key.applicationId]),
        ...['X-Key-Level', String(key.level), 'X-Key-Scopes', key.scopes?.join(' ') ?? ''],
      ];
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

/** Names and values in turn (draft-ietf-httpapi-ratelimit-headers). */
function rateHeaders({ limit, remaining, resetSeconds }: RateState, key: KnownKey | null): string[] {
  const policy = `"key";q=${limit};w=${key?.rate?.windowSeconds ?? 60}`;
  return ['RateLimit', `"key";r=${remaining};t=${resetSeconds}`, 'RateLimit-Policy', policy];
}

const pairs = ([name = '', value = '', ...rest]: string[]): [string, string][] =>
  rest.length > 0 ? [[name, value], ...pairs(rest)] : [[name, value]];

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
