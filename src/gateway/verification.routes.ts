import { METHODS, type IncomingMessage, type ServerResponse } from 'node:http';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest, RawServerDefault, RouteOptions } from 'fastify';
import { parseCredential } from '../api-keys/credential.js';
import { DomainError } from '../domain/domain-error.js';
import type { KnownKey } from '../verification/keyring/known-keys.js';
import type { Outcome, RateState, Requirements, Verdict } from '../verification/outcome.js';
import { presentedBy } from '../verification/presented.js';
import { Sessions } from '../verification/sessions.js';
import { VerificationService } from '../verification/verification.service.js';
import { Callers } from './callers.js';
import { CHECK_QUERY, VERIFICATION, VERIFICATIONS, VERIFY_BATCH_BODY, VERIFY_BODY } from './schemas.js';

type VerifyBody = { key: string } & Omit<Requirements, 'merchantId'>;

interface CheckQuery {
  level?: string;
  scope?: string;
  application?: string;
}

interface CheckRoute {
  Querystring: CheckQuery;
}

/** All but GET, which has no body to be read and needs no hook. */
const CHECKED_METHODS = METHODS.filter((method) => method !== 'GET' && method !== 'CONNECT');

/** Outcomes of a good key that isn't good enough; every other refusal says no more than that there is no good key. */
const FORBIDDEN: ReadonlySet<Outcome> = new Set(['IP_NOT_ALLOWED', 'INSUFFICIENT_LEVEL', 'MISSING_SCOPE']);

/**
 * The routes that every request of a merchant's traffic asks, registered on Fastify itself: guards, pipes and interceptors cost more
 * than a verification does.
 */
@Injectable()
export class VerificationRoutes implements OnModuleInit {
  private readonly headers = new WeakMap<KnownKey, Record<string, string>>();

  constructor(
    private readonly adapterHost: HttpAdapterHost<FastifyAdapter>,
    private readonly callers: Callers,
    private readonly sessions: Sessions,
    private readonly verification: VerificationService,
  ) {}

  onModuleInit(): void {
    const fastify = this.adapterHost.httpAdapter.getInstance<FastifyInstance>();
    fastify.post<{ Body: VerifyBody }>(
      '/api/v1/keys/verify',
      { schema: { body: VERIFY_BODY, response: { 200: VERIFICATION } } },
      async (request) => presentVerification(await this.verify(request.body, await this.callers.reachOf(request))),
    );
    fastify.post<{ Body: { keys: VerifyBody[] } }>(
      '/api/v1/keys/verify/batch',
      { schema: { body: VERIFY_BATCH_BODY, response: { 200: VERIFICATIONS } } },
      async (request) => {
        const merchantId = await this.callers.reachOf(request);
        const verdicts = await Promise.all(request.body.keys.map(async (body) => this.verify(body, merchantId)));
        return { results: verdicts.map(presentVerification) };
      },
    );
    // A gateway hands on whatever came, with any method and a body of any kind, which is let through unread.
    void fastify.register((gateway, _options, done) => {
      for (const method of CHECKED_METHODS) {
        if (!gateway.supportedMethods.includes(method)) gateway.addHttpMethod(method);
      }
      gateway.removeAllContentTypeParsers();
      gateway.addContentTypeParser('*', (_request, payload, parsed) => {
        payload.resume();
        parsed(null);
      });
      const check: Omit<RouteOptions<RawServerDefault, IncomingMessage, ServerResponse, CheckRoute>, 'method'> = {
        url: '/api/v1/keys/check',
        schema: { querystring: CHECK_QUERY },
        handler: (request, reply) => this.check(request, reply),
      };
      gateway.route({ ...check, method: CHECKED_METHODS, onRequest: hideContentType });
      gateway.route({ ...check, method: 'GET' });
      done();
    });
  }

  private verify({ key, ...requirements }: VerifyBody, merchantId: string | undefined): Verdict | Promise<Verdict> {
    return this.verification.verify(parseCredential(key), { ...requirements, merchantId });
  }

  private check(request: FastifyRequest<CheckRoute>, reply: FastifyReply): void | Promise<void> {
    const { credential, token } = presentedBy(request);
    const { level, scope, application } = request.query;
    const requirements: Requirements = {
      level: level === undefined ? undefined : Number(level),
      scopes: scope?.split(' '),
      applicationId: application,
      get ip() {
        return request.ip;
      },
    };
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

/** Fastify refuses a content type that is none before anybody else can look at the request. */
function hideContentType({ headers }: FastifyRequest, _reply: FastifyReply, done: () => void): void {
  headers['content-type'] = 'application/octet-stream';
  done();
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
