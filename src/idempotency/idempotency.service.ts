import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, LessThanOrEqual, MoreThan, type Repository } from 'typeorm';
import { Clock, DAY_SECONDS } from '../platform/runtime/clock.js';
import { SETTLE } from '../platform/events/listening.js';
import { DomainError } from '../platform/events/domain-error.js';
import type { IdempotencyMarker } from '../platform/database/transactions/held-transactions.js';
import { Transactions } from '../platform/database/transactions/transactions.js';
import { isDuplicate } from '../platform/database/engine-errors.js';
import type { IdentifiedRequest } from './identified-request.js';
import { IdempotencyRecord } from './idempotency-record.entity.js';

/** How long an answer is kept for repetitions. */
const KEPT_SECONDS = DAY_SECONDS;

/** The time that a request may take from one of its transactions to the next before another attempt may take it over. */
const LEASE_SECONDS = 60;

/** The property that is shown once and never stored. */
const ONE_TIME_SECRET = 'fullKey';

export interface Answer {
  status: number;
  body: unknown;
  etag: string | null;
}

/**
 * Carries a request out once, however often it is sent and whenever the process crashes.
 *
 * The answer is recorded in the same transaction as the change, which is held open until the answer is known (see `HeldTransactions`). So
 * either both are committed or neither is: a repetition is answered from the record, or makes the change that no attempt has committed.
 * When two attempts race, the primary key lets one of them commit.
 *
 * A request that needs several transactions is in progress from its first commit on. Its record has no answer yet, and each transaction
 * renews it. If the process crashes, a repetition takes the request over a minute later and completes it. If the earlier attempt was only
 * suspended, it can no longer commit.
 *
 * Only successes are recorded. A refused request has changed nothing, and may be corrected and sent again with the same key.
 */
@Injectable()
export class IdempotencyService {
  /** The fingerprints of the requests that this process is carrying out, by id. */
  private readonly inProgress = new Map<string, string>();

  constructor(
    @InjectRepository(IdempotencyRecord) private readonly records: Repository<IdempotencyRecord>,
    private readonly clock: Clock,
    private readonly events: EventEmitter2,
    private readonly transactions: Transactions,
  ) {}

  /**
   * Carries a request out, or returns its answer if it was carried out before.
   *
   * @throws {DomainError} `idempotency.under_way` while another attempt is in progress, `idempotency.key_reused` if the key was used for
   *   another request, `access.level_lacking` if the caller's level has been lowered since the request was carried out
   */
  async once(
    request: IdentifiedRequest,
    work: () => Promise<Answer>,
  ): Promise<{ answer: Answer; isReplayed: boolean }> {
    const { id, fingerprint } = request;
    const current = this.inProgress.get(id);
    if (current !== undefined)
      throw current === fingerprint ? underWayError() : new DomainError('idempotency.key_reused');
    this.inProgress.set(id, fingerprint);
    try {
      const earlier = await this.findAnswer(request);
      if (earlier) {
        // The first attempt may have failed after its commit, before its change took effect everywhere.
        await this.events.emitAsync(SETTLE);
        return { answer: earlier, isReplayed: true };
      }
      return { answer: await this.transactions.runHeld(work, this.createMarker(request)), isReplayed: false };
    } finally {
      this.inProgress.delete(id);
    }
  }

  /** Returns whether the request was carried out before, and its caller may get the answer. */
  async isAnswered(request: IdentifiedRequest): Promise<boolean> {
    return (await this.findAnswer(request).catch(() => null)) !== null;
  }

  private async findAnswer({ id, fingerprint, level }: IdentifiedRequest): Promise<Answer | null> {
    const record = await this.records.findOneBy({ id, expiresAt: MoreThan(this.clock.now()) });
    if (!record) return null;
    if (record.fingerprint !== fingerprint) throw new DomainError('idempotency.key_reused');
    if (record.status === null) throw underWayError();
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
          if (affected !== 1) throw underWayError();
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
            throw isDuplicate(error) ? underWayError() : error;
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

const underWayError = (): DomainError => new DomainError('idempotency.under_way', { retryAfterSeconds: 1 });

function withoutSecret(body: unknown): object | null {
  const text = JSON.stringify(body, (name, value: unknown) => (name === ONE_TIME_SECRET ? null : value)) as
    string | undefined;
  return text === undefined ? null : (JSON.parse(text) as object);
}
