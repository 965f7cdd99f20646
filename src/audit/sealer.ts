import { AsyncResource } from 'node:async_hooks';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, IsNull, type EntityManager, type Repository } from 'typeorm';
import type { EventName } from '../platform/events/event-names.js';
import { OutboxMetrics } from '../platform/observability/metrics/outbox-metrics.js';
import { BackgroundTask } from '../platform/runtime/background-task.js';
import { inBatches } from '../platform/runtime/batches.js';
import { letOthersIn, ROWS_AT_ONCE } from '../platform/runtime/turns.js';
import type { Actor } from '../platform/events/actor.js';
import type { AuditTrailEntry } from '../platform/events/audit-trail-entry.js';
import { Transactions } from '../platform/database/transactions/transactions.js';
import { alongIndex } from '../platform/database/engine-sql.js';
import { insertOrChange } from '../platform/database/rows.js';
import type { Transaction } from '../platform/database/transactions/transaction.js';
import { isUnavailable } from '../platform/database/engine-errors.js';
import { RowMapper } from '../platform/database/row-mapper.js';
import { AuditChain, AuditEvent } from './audit-event.entity.js';
import { GENESIS_HASH, hashRecord, namesOf } from './record.js';
import { OnCatchUp } from '../platform/events/listening.js';

/** How long records are gathered, so that they are sealed together. */
const GATHER_MS = 25;

/** The interval at which the sealer looks for records even if it isn't woken. They may come from an instance that has stopped. */
const CHECK_EVERY_MS = 1000;

/** The maximum number of records that are sealed in one transaction. */
const RECORDS_MAX = 300;

/** The maximum number of merchants whose records are sealed in one transaction. */
const MERCHANTS_MAX = 20;

/**
 * Seals audit records. Each merchant has a chain of records, in which every record holds the hash of the previous one. The transactions of
 * requests only insert their records, so that they don't wait for each other. Every instance seals records right after they are committed.
 * To extend a chain, it locks the chain's head.
 */
@Injectable()
export class Sealer implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly sealing = new BackgroundTask(() => this.seal(), 'The audit trail is not sealed');
  /** Seals what a run under way may have missed. It is no part of the request, or of the transaction, that wakes the sealer. */
  private readonly sealAgain = AsyncResource.bind(() => void this.sealing.settled().then(() => this.sealing.run()));
  private interval: NodeJS.Timeout | undefined;
  private gathering: NodeJS.Timeout | undefined;

  constructor(
    @InjectRepository(AuditEvent) private readonly events: Repository<AuditEvent>,
    private readonly transactions: Transactions,
    outboxMetrics: OutboxMetrics,
  ) {
    outboxMetrics.add('audit', events, { sequence: IsNull() });
  }

  onApplicationBootstrap(): void {
    this.interval = setInterval(this.sealAgain, CHECK_EVERY_MS).unref();
  }

  /** Seals all remaining records, after the last request has been answered and before the database is closed. */
  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.interval);
    await this.sealing.settled();
    await this.sealing.run();
  }

  /** Reports that records have just been committed. */
  wake(): void {
    this.gathering ??= setTimeout(this.sealAgain, GATHER_MS).unref();
  }

  /** Seals all unsealed records, in rounds over the merchants, so that a merchant with many records doesn't delay the others. */
  async seal(): Promise<void> {
    clearTimeout(this.gathering);
    this.gathering = undefined;
    await this.sealMerchants(await this.findUnsealedMerchants());
  }

  /** Resolves once all records of a merchant are sealed, by this instance or another. */
  @OnCatchUp()
  async catchUp(merchantId: string): Promise<void> {
    await this.sealing.attempt(() => this.sealMerchants([merchantId]));
  }

  /**
   * Seals the records of several merchants together. If that fails, it seals each merchant's alone, so that no merchant waits for another's
   * records.
   */
  private async sealMerchants(waiting: string[], batchSize = MERCHANTS_MAX): Promise<void> {
    const failures: unknown[] = [];
    while (waiting.length > 0) {
      const some = waiting.splice(0, batchSize).sort();
      try {
        waiting.push(...(await this.transactions.run((tx) => sealSome(tx, some))));
      } catch (error) {
        if (isUnavailable(error)) throw error;
        if (some.length === 1) failures.push(error);
        else await this.sealMerchants(some, 1).catch((failure: unknown) => failures.push(failure));
      }
    }
    if (failures.length > 0) throw failures[0];
  }

  /** Returns the merchants that have unsealed records. */
  private async findUnsealedMerchants(): Promise<string[]> {
    const unsealed = `${alongIndex(this.events, 'audit_event_unsealed')} WHERE sequence IS NULL`;
    const rows = await this.events.query<{ id: string }[]>(`SELECT DISTINCT merchant_id AS id FROM ${unsealed}`);
    return rows.map(({ id }) => id);
  }
}

/** @returns the merchants that may have more unsealed records */
async function sealSome(tx: Transaction, merchantIds: string[]): Promise<string[]> {
  const { manager } = tx;
  const chains = await lockChains(manager, merchantIds);
  const share = Math.ceil(RECORDS_MAX / chains.length);
  const unfinished: string[] = [];
  const sealed: AuditEvent[] = [];
  for (const chain of chains) {
    const oldest = await findOldestUnsealed(manager, chain.merchantId, share);
    for (const some of inBatches(oldest, ROWS_AT_ONCE)) {
      sealed.push(...some.map((event) => append(chain, event)));
      await letOthersIn();
    }
    if (oldest.length === share) unfinished.push(chain.merchantId);
  }
  if (sealed.length === 0) return [];
  for (const some of inBatches(sealed, ROWS_AT_ONCE))
    await insertOrChange(manager, AuditEvent, some, ['sequence', 'hash', 'previousHash']);
  await insertOrChange(manager, AuditChain, chains, ['sequence', 'hash']);
  for (const some of inBatches(sealed, ROWS_AT_ONCE)) await tx.publishSealed(some.map(toTrailEntry));
  return unfinished;
}

/** Locks and returns the heads of the merchants' chains until the transaction ends. A merchant without a chain gets one. */
async function lockChains(manager: EntityManager, merchantIds: string[]): Promise<AuditChain[]> {
  const beginnings = merchantIds.map((merchantId) => ({ merchantId, sequence: 0, hash: GENESIS_HASH }));
  await insertOrChange(manager, AuditChain, beginnings, ['merchantId']);
  return manager.findBy(AuditChain, { merchantId: In(merchantIds) });
}

async function findOldestUnsealed(manager: EntityManager, merchantId: string, count: number): Promise<AuditEvent[]> {
  const mapper = RowMapper.for(manager, AuditEvent);
  const rows = await manager.query<Record<string, unknown>[]>(
    `SELECT ${mapper.columns} FROM ${alongIndex(manager.getRepository(AuditEvent), 'audit_event_unsealed', 't')}
      WHERE t.sequence IS NULL AND t.merchant_id = ? ORDER BY t.created_at, t.id LIMIT ?`,
    [merchantId, count],
  );
  return rows.map((row) => mapper.read(row));
}

function append(chain: AuditChain, event: AuditEvent): AuditEvent {
  chain.sequence += 1;
  event.sequence = chain.sequence;
  event.previousHash = chain.hash;
  event.hash = chain.hash = hashRecord(event);
  return event;
}

function toTrailEntry(event: AuditEvent): AuditTrailEntry {
  const { id, merchantId, targetType, targetId, details, address, userAgent, requestId } = event;
  return {
    id,
    sequence: event.sequence ?? 0,
    occurredAt: event.createdAt,
    name: event.action as EventName,
    actor: {
      kind: event.actorKind as Actor['kind'],
      accountId: event.actorAccountId,
      keyId: event.actorKeyId,
      ...namesOf(event),
      address,
      userAgent,
      requestId,
    },
    merchantId,
    targetType,
    targetId,
    details,
  };
}
