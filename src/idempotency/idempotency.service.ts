import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, LessThanOrEqual, MoreThan, type Repository } from 'typeorm';
import { Clock, DAY_SECONDS } from '../platform/runtime/clock.js';
import { DomainError } from '../platform/events/domain-error.js';
import type { IdempotencyMarker } from '../platform/database/transactions/held-transactions.js';
import { Transactions } from '../platform/database/transactions/transactions.js';
import { isDuplicate } from '../platform/database/engine-errors.js';
import type { IdentifiedRequest } from './identified-request.js';
import { IdempotencyRecord } from './idempotency-record.entity.js';

/** How long an answer is given again. */
const KEPT_SECONDS = DAY_SECONDS;

/** How long a request of several transactions may take from one to the next, before another attempt may take it over. */
const LEASE_SECONDS = 60;

/** What is shown once and never kept. */
const ONE_TIME_SECRET = 'fullKey';

export interface Answer {
  status: number;
  body: unknown;
  etag: string | null;
}

/**
 * Carries a request out once, however often it is sent and whenever the process dies.
 *
 * The record of the answer is written in the same transaction as the change: the transaction stays open until the answer is known
 * (see `Series`). Either both are there or neither is, so that a repetition either is answered from the record or changes what wasn't
 * changed. When two attempts race, the primary key lets one of them commit.
 *
 * A request that needs several transactions is under way from the first one's commit on: its record has no answer yet and must be renewed by each
 * transaction. When its process dies, a repetition takes it over a minute later and does what is left; the earlier attempt, should it
 * only have slept, can't commit any more.
 *
 * Only successes are recorded: what was refused changed nothing, and may be corrected and sent again with the same key.
 */
@Injectable()
export class IdempotencyService {
  /** What this process is carrying out, by id. */
  private readonly underWay = new Map<string, string>();

  constructor(
    @InjectRepository(IdempotencyRecord) private readonly records: Repository<IdempotencyRecord>,
    private readonly clock: Clock,
    private readonly transactions: Transactions,
  ) {}

  /**
   * @throws {DomainError} `idempotency.under_way` while another attempt is, `idempotency.key_reused` when the key was given
   *   to another request, `access.level_lacking` for a caller who may do less than when it was carried out
   */
  async once(
    request: IdentifiedRequest,
    work: () => Promise<Answer>,
  ): Promise<{ answer: Answer; isReplayed: boolean }> {
    const { id, fingerprint } = request;
    const current = this.underWay.get(id);
    if (current !== undefined)
      throw current === fingerprint ? throwUnderWay() : new DomainError('idempotency.key_reused');
    this.underWay.set(id, fingerprint);
    try {
      const earlier = await this.earlierAnswer(request);
      if (earlier) return { answer: earlier, isReplayed: true };
      return { answer: await this.transactions.runHeld(work, this.createMarker(request)), isReplayed: false };
    } finally {
      this.underWay.delete(id);
    }
  }

  /** Whether the request was carried out before, and its caller is told what was answered. */
  async isAnswered(request: IdentifiedRequest): Promise<boolean> {
    return (await this.earlierAnswer(request).catch(() => null)) !== null;
  }

  private async earlierAnswer({ id, fingerprint, level }: IdentifiedRequest): Promise<Answer | null> {
    const record = await this.records.findOneBy({ id, expiresAt: MoreThan(this.clock.now()) });
    if (!record) return null;
    if (record.fingerprint !== fingerprint) throw new DomainError('idempotency.key_reused');
    if (record.status === null) throw throwUnderWay();
    if (level < record.level) throw new DomainError('access.level_lacking');
    return { status: record.status, body: record.answer, etag: record.etag };
  }

  private createMarker({ id, fingerprint, level }: IdentifiedRequest): IdempotencyMarker<Answer> {
    const attempt = randomUUID();
    return {
      begin: async ({ manager }, isFirst) => {
        const expiresAt = this.clock.in(LEASE_SECONDS);
        if (!isFirst) {
          const { affected } = await manager.update(IdempotencyRecord, { id, attempt }, { expiresAt });
          if (affected !== 1) throw throwUnderWay();
          return;
        }
        await manager.delete(IdempotencyRecord, { id, expiresAt: LessThanOrEqual(this.clock.now()) });
        await manager
          .insert(IdempotencyRecord, {
            id,
            fingerprint,
            attempt,
            level,
            status: null,
            answer: null,
            etag: null,
            expiresAt,
          })
          .catch((error: unknown) => {
            throw isDuplicate(error) ? throwUnderWay() : error;
          });
      },
      conclude: async ({ manager }, { status, body, etag }) => {
        const answer = { status, etag, answer: withoutSecret(body), expiresAt: this.clock.in(KEPT_SECONDS) };
        await manager.update(IdempotencyRecord, { id, attempt }, answer);
      },
      release: async ({ manager }) => {
        await manager.delete(IdempotencyRecord, { id, attempt, status: IsNull() });
      },
    };
  }
}

const throwUnderWay = (): DomainError => new DomainError('idempotency.under_way', { retryAfterSeconds: 1 });

function withoutSecret(body: unknown): object | null {
  const text = JSON.stringify(body, (name, value: unknown) => (name === ONE_TIME_SECRET ? null : value)) as
    string | undefined;
  return text === undefined ? null : (JSON.parse(text) as object);
}
