import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, Not, type Repository } from 'typeorm';
import { letOthersIn } from '../../platform/runtime/turns.js';
import { Merchant } from '../../accounts/merchant.entity.js';
import { AuditChain, AuditEvent } from '../audit-event.entity.js';
import { isErased } from '../personal.js';
import { ChainCheck } from './chain-check.js';
import { PROBLEMS_MAX, type Place, type Problem } from './problem.js';

/** The number of records that are read and hashed at a time, before the event loop can run other work. */
const BATCH = 200;

export interface ChainReport {
  /** The number of records that were checked. */
  entries: number;
  /** The number of records that are not sealed yet. */
  unsealed: number;
  /** The number of records whose personal data was erased. */
  erased: number;
  /** The stored head of the chain. */
  head: Place | null;
  problems: Problem[];
}

/** Verifies chains from their first record to their last. */
@Injectable()
export class ChainVerifier {
  constructor(@InjectRepository(AuditEvent) private readonly events: Repository<AuditEvent>) {}

  /** @param kept a head that was stored elsewhere */
  async verify(merchantId: string, kept: Place | null): Promise<ChainReport> {
    const unsealed = await this.events.countBy({ merchantId, sequence: IsNull() });
    const { head, last } = await this.findEnd(merchantId);
    const check = new ChainCheck(head, kept);
    let erased = 0;
    for await (const batch of this.batches(merchantId, last)) {
      for (const event of batch) check.add(event);
      erased += batch.filter(isErased).length;
      if (check.hasEnough) break;
    }
    if (!check.hasEnough) for (const event of await this.findBeyond(merchantId)) check.addBeyond(event);
    const problems = check.finish(!check.hasEnough);
    // An intact chain may be what is left of a longer one, or may have been started over.
    if (problems.length === 0) problems.push(...(await this.checkBeginning(merchantId)));
    return { entries: check.entries, unsealed, erased, head, problems };
  }

  /**
   * Returns the stored head, and the position up to which records are final, even while others are being sealed. The head is stored in the
   * transaction that seals the first records, so it is looked for once more when there are sealed records.
   */
  private async findEnd(merchantId: string): Promise<{ head: Place | null; last: number }> {
    let stored = await this.findHead(merchantId);
    if (!stored) {
      if (!(await this.events.existsBy({ merchantId, sequence: Not(IsNull()) }))) return { head: null, last: 0 };
      stored = await this.findHead(merchantId);
    }
    if (!stored || !Number.isSafeInteger(stored.sequence)) return { head: null, last: Number.MAX_SAFE_INTEGER };
    return { head: stored, last: stored.sequence };
  }

  private findHead(merchantId: string): Promise<AuditChain | null> {
    return this.events.manager.findOneBy(AuditChain, { merchantId });
  }

  /**
   * Checks that the merchant's creation is on record. It is recorded in the transaction that creates the merchant, and records are never
   * deleted.
   */
  private async checkBeginning(merchantId: string): Promise<Problem[]> {
    const merchant = await this.events.manager.findOneBy(Merchant, { id: merchantId });
    const beginning = { merchantId, action: 'merchant.created', targetType: 'merchant', targetId: merchantId };
    if (!merchant || (await this.events.existsBy(beginning))) return [];
    const isEmpty = !(await this.events.existsBy({ merchantId }));
    const since = `The merchant has existed since ${merchant.createdAt.toISOString()}, but `;
    const message = isEmpty ? 'it has no records.' : 'the record of its creation was removed.';
    return [{ kind: 'removed', sequence: 1, eventId: null, message: since + message }];
  }

  /** Returns records in batches, ordered by position, and by id where several have the same position. */
  private async *batches(merchantId: string, last: number): AsyncGenerator<AuditEvent[]> {
    for (let sequence = Number.MIN_SAFE_INTEGER, id = ''; ;) {
      const batch = await this.events
        .createQueryBuilder('event')
        .where('event.merchantId = :merchantId AND event.sequence BETWEEN :sequence AND :last', {
          merchantId,
          sequence,
          last,
        })
        .andWhere('NOT (event.sequence = :sequence AND event.id <= :id)', { sequence, id })
        .orderBy({ 'event.sequence': 'ASC', 'event.id': 'ASC' })
        .limit(BATCH)
        .getMany();
      yield batch;
      const end = batch.at(-1);
      if (!end || batch.length < BATCH) return;
      sequence = Number(end.sequence);
      id = end.id;
      await letOthersIn();
    }
  }

  /** Returns records after the head. The head is read in the same statement, so that records which are being sealed aren't returned. */
  private findBeyond(merchantId: string): Promise<AuditEvent[]> {
    const { tableName } = this.events.manager.getRepository(AuditChain).metadata;
    const end = `(SELECT sequence FROM ${tableName} WHERE merchant_id = :merchantId)`;
    return this.events
      .createQueryBuilder('event')
      .where(`event.merchantId = :merchantId AND event.sequence > ${end}`, { merchantId })
      .orderBy({ 'event.sequence': 'ASC', 'event.id': 'ASC' })
      .limit(PROBLEMS_MAX)
      .getMany();
  }
}
