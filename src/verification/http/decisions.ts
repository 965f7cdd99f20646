import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { readClientAddress } from '../../access/caller.js';
import { isTraced, withSpan } from '../../platform/observability/traces/span.js';
import { andThen, type MaybePromise } from '../../platform/runtime/maybe-promise.js';
import type { Outcome, Requirements, Verdict } from '../outcome.js';
import { OutcomeCounts } from '../outcome-counts.js';
import { parsePresented, type Presented } from '../presented.js';
import { RequestCredentials } from '../request-credentials.js';
import { VerificationService } from '../verification.service.js';
import { SessionVerifier } from './ports.js';

/** What a verification reads of a request: Fastify's, or a plain one. */
export type AskedRequest = Pick<FastifyRequest, 'headers' | 'query' | 'ip'> & {
  raw: Pick<IncomingMessage, 'rawHeaders'>;
};

/** The body of a verification. */
export type VerifyBody = { key: string } & Omit<Requirements, 'merchantId'>;

/** The query of a check. */
export interface CheckQuery {
  level?: string;
  scope?: string;
  merchant?: string;
  application?: string;
}

/** What the query of a check requires. */
export type QueryRequirements = Pick<Requirements, 'level' | 'scopes' | 'merchant' | 'applicationId'>;

export const readQuery = ({ level, scope, merchant, application }: CheckQuery): QueryRequirements => ({
  level: level === undefined ? undefined : Number(level),
  scopes: scope?.split(' '),
  merchant: merchant?.toLowerCase(),
  applicationId: application?.toLowerCase(),
});

/** Decides about the keys that requests present, and counts what is decided. */
@Injectable()
export class Decisions {
  constructor(
    private readonly credentials: RequestCredentials,
    private readonly sessions: SessionVerifier,
    private readonly outcomeCounts: OutcomeCounts,
    private readonly verification: VerificationService,
  ) {}

  /**
   * Decides about the key in the headers of a request.
   *
   * @throws {DomainError} `credential.ambiguous`, `credential.in_query`, `unavailable`
   */
  aboutHeaders(request: AskedRequest, required: QueryRequirements): MaybePromise<Verdict> {
    return andThen(this.credentials.read(request), (presented) =>
      this.decide(presented, new CheckRequirements(request, required)),
    );
  }

  /**
   * Decides about the key in a body.
   *
   * @param merchantId the merchant whose keys the caller may ask about; `undefined` for every merchant's
   * @throws {DomainError} `unavailable`
   */
  aboutBody(body: VerifyBody, merchantId: string | undefined): MaybePromise<Verdict> {
    const { key, level, scopes, ip, userAgent, cost } = body;
    const merchant = body.merchant?.toLowerCase();
    const applicationId = body.applicationId?.toLowerCase();
    const requirements = { level, scopes, ip, userAgent, merchant, applicationId, cost, merchantId };
    return this.decide(parsePresented(key), requirements);
  }

  private decide(presented: Presented, requirements: Requirements): MaybePromise<Verdict> {
    const startMs = performance.now();
    const verdict = isTraced()
      ? withSpan('verify key', (note) => this.noting(note, this.verify(presented, requirements)))
      : this.verify(presented, requirements);
    this.outcomeCounts.count(verdict, startMs);
    return verdict;
  }

  private noting(note: (facts: { outcome: Outcome }) => void, verdict: MaybePromise<Verdict>): MaybePromise<Verdict> {
    return andThen(verdict, (decided) => {
      note({ outcome: decided.outcome });
      return decided;
    });
  }

  private verify({ credential, token, text }: Presented, requirements: Requirements): MaybePromise<Verdict> {
    if (token === null) return this.verification.verify(credential, requirements, text);
    // A text that has the form of a token, but isn't one of this server, may be an imported key.
    return andThen(
      this.sessions.verify(token, requirements),
      (verdict) => verdict ?? this.verification.verify(null, requirements, text),
    );
  }
}

/** The requirements of a check. The request's address is read only when it is needed, which costs a microsecond behind trusted proxies. */
class CheckRequirements implements Requirements {
  readonly level: number | undefined;
  readonly scopes: readonly string[] | undefined;
  readonly merchant: string | undefined;
  readonly applicationId: string | undefined;
  readonly isSampled = true;

  constructor(
    private readonly request: AskedRequest,
    { level, scopes, merchant, applicationId }: QueryRequirements,
  ) {
    this.level = level;
    this.scopes = scopes;
    this.merchant = merchant;
    this.applicationId = applicationId;
  }

  get ip(): string {
    return readClientAddress(this.request);
  }

  get userAgent(): string | undefined {
    return this.request.headers['user-agent'];
  }
}
