import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { LessThan, type Repository } from 'typeorm';
import type { Caller, KeyCaller } from '../../access/caller.js';
import { assertWithinLimit } from '../../accounts/merchant-limit.js';
import { ImportFormat } from '../../api-keys/credentials/imported/import-format.entity.js';
import { Config } from '../../platform/config/config.js';
import { databaseTimeMs } from '../../platform/database/engine-sql.js';
import { Transactions } from '../../platform/database/transactions/transactions.js';
import type { Transaction } from '../../platform/database/transactions/transaction.js';
import { DomainError } from '../../platform/events/domain-error.js';
import type { EventDetails } from '../../platform/events/domain-event.js';
import type { EventName } from '../../platform/events/event-names.js';
import { NOTHING } from '../../platform/events/invalidation.js';
import { sliceOf, type PageQuery } from '../../platform/http/paging/page.dto.js';
import { Lease } from '../barrier/lease.js';
import { KeyRevision } from '../key-change.entity.js';
import { areAbsent, arePresent } from './absent-verifiers.js';
import { Attachments } from './attachments.js';
import { Verifier } from './verifier.entity.js';

/** A verifier that was just attached. */
export interface AttachedVerifier {
  verifier: Verifier;
  /** Whether the merchant has imported keys, which need not have the form of those that are issued here. */
  importsKeys: boolean;
  /** The revision from which on it is to be told of changes. */
  revision: number;
}

/** Attaches, lists and detaches the verifiers of merchants. */
@Injectable()
export class VerifiersService {
  constructor(
    @InjectRepository(Verifier) private readonly verifiers: Repository<Verifier>,
    private readonly attachments: Attachments,
    private readonly config: Config,
    private readonly lease: Lease,
    private readonly transactions: Transactions,
  ) {}

  /** @throws {DomainError} `verifier.limit_reached` */
  attach(caller: KeyCaller, name: string | null): Promise<AttachedVerifier> {
    const { merchantId, keyId } = caller;
    const { appliedRevision: revision } = this.lease;
    return this.transactions.run(async (tx) => {
      await assertWithinLimit(tx, {
        merchantId,
        max: this.config.MAX_VERIFIERS_PER_MERCHANT,
        adding: 1,
        count: () => this.countPresent(tx, merchantId),
        code: 'verifier.limit_reached',
      });
      const nowMs = await this.readTimeMs(tx);
      const verifier = this.verifiers.create({
        id: randomUUID(),
        merchantId,
        keyId,
        name,
        instanceId: null,
        acknowledgedRevision: 0,
        reportedUses: 0,
        attachedAtMs: nowMs,
        seenAtMs: nowMs,
        reportedAtMs: null,
      });
      await tx.manager.insert(Verifier, verifier);
      await this.publish(tx, 'verifier.attached', caller, verifier, { name, keyId });
      return { verifier, revision, importsKeys: await tx.manager.existsBy(ImportFormat, { merchantId }) };
    });
  }

  /** Lists a merchant's verifiers, the latest first, without those that have gone. */
  list({ merchantId }: Caller, query: PageQuery): Promise<[Verifier[], number]> {
    return this.verifiers.findAndCount({
      where: arePresent(this.verifiers).map((present) => ({ merchantId, ...present })),
      order: { attachedAtMs: 'DESC', id: 'ASC' },
      ...sliceOf(query),
    });
  }

  /**
   * Returns a verifier that was attached by the calling key. No other one may speak for it: revocations rely on what it acknowledges.
   *
   * @throws {DomainError} `verifier.not_found`
   */
  async find({ merchantId, keyId }: KeyCaller, id: string): Promise<Verifier> {
    const verifier = await this.verifiers.findOneBy({ id, merchantId, keyId });
    if (!verifier) throw new DomainError('verifier.not_found');
    return verifier;
  }

  /** Forgets a verifier, which from now on asks about every key. What it was told before may hold until its lease ends. */
  detach(caller: Caller, verifier: Verifier): Promise<void> {
    return this.transactions.run(async (tx) => {
      const { affected } = await tx.manager.delete(Verifier, { id: verifier.id });
      if (affected === 0) throw new DomainError('verifier.not_found');
      const { name, keyId, reportedUses } = verifier;
      await this.publish(tx, 'verifier.detached', caller, verifier, { name, keyId, reportedUses });
      tx.during('announce', () => this.attachments.find(verifier)?.close());
    });
  }

  /**
   * Takes a verifier's acknowledgement that it has forgotten everything up to a revision. If another instance has told the verifier, that one
   * reads it from the database.
   *
   * @throws {DomainError} `request.invalid` for a revision that nobody has been told of
   */
  async acknowledge(verifier: Verifier, revision: number): Promise<void> {
    if (revision > this.lease.appliedRevision && revision > (await this.readRevision()))
      throw DomainError.invalid('revision', 'revision must be one that the verifier was told of');
    if (this.attachments.acknowledge(verifier, revision)) return;
    await this.verifiers.update(
      { id: verifier.id, acknowledgedRevision: LessThan(revision) },
      { acknowledgedRevision: revision },
    );
  }

  /** Notes that this instance tells the verifier of changes. */
  async connected({ id, instanceId }: Verifier): Promise<void> {
    if (instanceId === this.lease.instanceId) return;
    const seenAtMs = (): string => databaseTimeMs(this.verifiers);
    await this.verifiers.update({ id }, { instanceId: this.lease.instanceId, seenAtMs });
  }

  /** Notes that this instance no longer does. */
  async disconnected({ id }: Verifier): Promise<void> {
    const seenAtMs = (): string => databaseTimeMs(this.verifiers);
    await this.verifiers.update({ id, instanceId: this.lease.instanceId }, { instanceId: null, seenAtMs });
  }

  async publish(
    tx: Transaction,
    name: EventName,
    actor: Caller,
    { id, merchantId }: Pick<Verifier, 'id' | 'merchantId'>,
    details: EventDetails,
  ): Promise<void> {
    await tx.publish({ name, actor, merchantId, targetType: 'verifier', targetId: id, details, invalidates: NOTHING });
  }

  /** Counts a merchant's verifiers, without absent ones, which are forgotten. */
  private async countPresent({ manager }: Transaction, merchantId: string): Promise<number> {
    await manager.delete(Verifier, { merchantId, ...areAbsent(this.verifiers) });
    return manager.countBy(Verifier, { merchantId });
  }

  private async readTimeMs({ manager }: Transaction): Promise<number> {
    const [row] = await manager.query<{ now: number | string }[]>(`SELECT ${databaseTimeMs(this.verifiers)} AS now`);
    return Number(row?.now);
  }

  private async readRevision(): Promise<number> {
    return (await this.verifiers.manager.findOneByOrFail(KeyRevision, { id: 1 })).value;
  }
}
