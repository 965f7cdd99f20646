import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { OnEvent } from '@nestjs/event-emitter';
import { InjectRepository } from '@nestjs/typeorm';
import { In, IsNull, type EntityManager, type Repository } from 'typeorm';
import type { EventName } from '../platform/events/domain-event.js';
import { OutboxMetrics } from '../platform/observability/metrics/outbox-metrics.js';
import { BackgroundTask } from '../platform/runtime/background-task.js';
import type { AuditTrailEntry } from '../platform/events/audit-trail-entry.js';
import { CATCH_UP } from '../platform/events/audit-trail.js';
import { isUnavailable, Transactions, type Transaction } from '../platform/database/transactions/transactions.js';
import { alongIndex } from '../platform/database/engine-sql.js';
import { insertOrChange } from '../platform/database/rows.js';
import { RowMapper } from '../platform/database/row-mapper.js';
import { AuditChain, AuditEvent } from './audit-event.entity.js';
import { GENESIS_HASH, hashRecord, buildRecord } from './record.js';

/** How long what happens at about the same time is gathered, to be sealed at once. */
const GATHER_MS = 50;

/** How often to look for what no process here has said a word of: that of others which have ended. */
const LOOK_EVERY_MS = 1000;

/** Records sealed in one transaction, and merchants whose records these are. */
const RECORDS_AT_ONCE = 300;
const MERCHANTS_AT_ONCE = 20;

/**
 * Gives the records of what happened their places: for each merchant a chain, in which every record holds the hash of the one before.
 * The transactions that change things only insert their records, so that nobody waits for anybody; this comes right after, in every
 * instance. Whoever holds the lock on the end of a chain goes on with it.
 */
@Injectable()
export class Sealer implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly sealing = new BackgroundTask(() => this.seal(), "The audit trail isn't sealed");
  private timer: NodeJS.Timeout | undefined;
  private lookedAtMs = 0;
  private isNudged = false;

  constructor(
    @InjectRepository(AuditEvent) private readonly events: Repository<AuditEvent>,
    private readonly transactions: Transactions,
    outboxMetrics: OutboxMetrics,
  ) {
    outboxMetrics.add('audit', events, { sequence: IsNull() });
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.tick(), GATHER_MS).unref();
  }

  /** Once the last request is answered, and before the database is closed. */
  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.sealing.settled();
    await this.sealing.run();
  }

  /** Says that something has just happened. */
  wake(): void {
    this.isNudged = true;
  }

  /** Seals what is there, in turns, so that a merchant with much of it keeps nobody waiting. */
  async seal(): Promise<void> {
    this.lookedAtMs = performance.now();
    this.isNudged = false;
    await this.sealMerchant(await this.merchantsWaiting());
  }

  /** Comes back once what this merchant has waiting is sealed, by whomever. */
  @OnEvent(CATCH_UP)
  async catchUp(merchantId: string): Promise<void> {
    await this.sealing.attempt(() => this.sealMerchant([merchantId]));
  }

  /** Where it fails for several, it is tried for each of them, so that nobody waits for somebody else's records. */
  private async sealMerchant(waiting: string[], atOnce = MERCHANTS_AT_ONCE): Promise<void> {
    const failures: unknown[] = [];
    while (waiting.length > 0) {
      const some = waiting.splice(0, atOnce).sort();
      try {
        waiting.push(...(await this.transactions.run((tx) => sealSome(tx, some))));
      } catch (error) {
        if (isUnavailable(error)) throw error;
        if (some.length === 1) failures.push(error);
        else await this.sealMerchant(some, 1).catch((failure: unknown) => failures.push(failure));
      }
    }
    if (failures.length > 0) throw failures[0];
  }

  /** The timer is nobody's: what it starts is no part of the request, nor of its transactions, that gave the nudge. */
  private tick(): void {
    if (this.isNudged || performance.now() - this.lookedAtMs >= LOOK_EVERY_MS) void this.sealing.run();
  }

  /** Those who have records that aren't sealed. */
  private async merchantsWaiting(): Promise<string[]> {
    const unsealed = `${alongIndex(this.events, 'audit_event_unsealed')} WHERE sequence IS NULL`;
    const rows = await this.events.query<{ id: string }[]>(`SELECT DISTINCT merchant_id AS id FROM ${unsealed}`);
    return rows.map(({ id }) => id);
  }
}

/** @returns the merchants that may have more */
async function sealSome(tx: Transaction, merchantIds: string[]): Promise<string[]> {
  const { manager } = tx;
  const chains = await lockChains(manager, merchantIds);
  const share = Math.ceil(RECORDS_AT_ONCE / chains.length);
  const unfinished: string[] = [];
  const sealed: AuditEvent[] = [];
  for (const chain of chains) {
    const oldest = await oldestUnsealed(manager, chain.merchantId, share);
    sealed.push(...oldest.map((event) => append(chain, event)));
    if (oldest.length === share) unfinished.push(chain.merchantId);
  }
  if (sealed.length === 0) return [];
  await insertOrChange(manager, AuditEvent, sealed, ['sequence', 'hash', 'previousHash']);
  await insertOrChange(manager, AuditChain, chains, ['sequence', 'hash']);
  await tx.passOn(sealed.map(entryOf));
  return unfinished;
}

/** The ends of the chains, which nobody else moves until the transaction ends; of a merchant without one, the beginning. */
async function lockChains(manager: EntityManager, merchantIds: string[]): Promise<AuditChain[]> {
  const beginnings = merchantIds.map((merchantId) => ({ merchantId, sequence: 0, hash: GENESIS_HASH }));
  await insertOrChange(manager, AuditChain, beginnings, ['merchantId']);
  return manager.findBy(AuditChain, { merchantId: In(merchantIds) });
}

async function oldestUnsealed(manager: EntityManager, merchantId: string, count: number): Promise<AuditEvent[]> {
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

function entryOf(event: AuditEvent): AuditTrailEntry {
  const { id, merchantId, targetType, targetId, details, address, userAgent, requestId } = event;
  const { kind, accountId, keyId } = buildRecord(event).actor;
  return {
    id,
    sequence: event.sequence ?? 0,
    occurredAt: event.createdAt,
    name: event.action as EventName,
    actor: { kind, accountId, keyId, address, userAgent, requestId },
    merchantId,
    targetType,
    targetId,
    details,
  };
}
