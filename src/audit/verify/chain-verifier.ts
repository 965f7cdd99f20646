import { setImmediate as breathe } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, type Repository } from 'typeorm';
import { Merchant } from '../../accounts/merchant.entity.js';
import { AuditChain, AuditEvent } from '../audit-event.entity.js';
import { ChainCheck } from './chain-check.js';
import { ENOUGH, type Place, type Problem } from './problem.js';

/** Records read in one go, and hashed without a break. */
const BATCH = 200;

export interface ChainReport {
  /** Records that were looked at. */
  entries: number;
  /** Records without a place yet. */
  unsealed: number;
  /** The end that is noted for the chain. */
  head: Place | null;
  problems: Problem[];
}

/** Follows chains from their first record to their last. */
@Injectable()
export class ChainVerifier {
  constructor(@InjectRepository(AuditEvent) private readonly events: Repository<AuditEvent>) {}

  /** @param kept a place whose hash somebody kept elsewhere */
  async verify(merchantId: string, kept: Place | null): Promise<ChainReport> {
    const unsealed = await this.events.countBy({ merchantId, sequence: IsNull() });
    // Up to here nothing is added any more, however much is sealed meanwhile.
    const noted = await this.events.manager.findOneBy(AuditChain, { merchantId });
    const head = noted && Number.isSafeInteger(noted.sequence) ? noted : null;
    const check = new ChainCheck(head, kept);
    for await (const batch of this.batches(merchantId, head?.sequence ?? Number.MAX_SAFE_INTEGER)) {
      for (const event of batch) check.add(event);
      if (check.hasEnough) break;
    }
    if (!check.hasEnough) for (const event of await this.beyond(merchantId)) check.addBeyond(event);
    const problems = check.finish(!check.hasEnough);
    // A chain that is whole in itself may be all that somebody has left, or begun anew.
    if (problems.length === 0) problems.push(...(await this.withoutBeginning(merchantId)));
    return { entries: check.entries, unsealed, head, problems };
  }

  /** Of every merchant the trail tells first that it was made, in the transaction that made it, and nothing is ever taken from the trail. */
  private async withoutBeginning(merchantId: string): Promise<Problem[]> {
    const merchant = await this.events.manager.findOneBy(Merchant, { id: merchantId });
    const beginning = { merchantId, action: 'merchant.created', targetType: 'merchant', targetId: merchantId };
    if (!merchant || (await this.events.existsBy(beginning))) return [];
    const isEmpty = !(await this.events.existsBy({ merchantId }));
    const since = `The merchant exists since ${merchant.createdAt.toISOString()}, but `;
    const message = isEmpty ? 'there is no record at all.' : 'the record that it was made was removed.';
    return [{ kind: 'removed', sequence: 1, eventId: null, message: since + message }];
  }

  /** In the order of their places, several at one place in the order of their ids. */
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
      await breathe();
    }
  }

  /** Records behind the end, as both are in one and the same moment. */
  private beyond(merchantId: string): Promise<AuditEvent[]> {
    const { tableName } = this.events.manager.getRepository(AuditChain).metadata;
    const end = `(SELECT sequence FROM ${tableName} WHERE merchant_id = :merchantId)`;
    return this.events
      .createQueryBuilder('event')
      .where(`event.merchantId = :merchantId AND event.sequence > ${end}`, { merchantId })
      .orderBy({ 'event.sequence': 'ASC', 'event.id': 'ASC' })
      .limit(ENOUGH)
      .getMany();
  }
}
