import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { In, LessThan, type EntityManager } from 'typeorm';
import { grants } from '../../access/scopes.js';
import type { DomainEvent } from '../../platform/events/domain-event.js';
import { OnEveryEvent } from '../../platform/events/listening.js';
import { PriorityConnections } from '../../platform/database/priority-connections.js';
import { unavailableError } from '../../platform/database/with-timeout.js';
import type { Transaction } from '../../platform/database/transactions/transaction.js';
import { InstanceVerifiers } from '../barrier/instance-verifiers.entity.js';
import { Lease, LEASE_MS, type AppliedChange, type LeaseFollower } from '../barrier/lease.js';
import type { CachedKey } from '../cache/cached-key.js';
import { CacheValidity } from '../cache/cache-validity.js';
import { KeyRevision } from '../key-change.entity.js';
import { VerificationService } from '../verification.service.js';
import { Attachment, type VerifierConnection } from './attachment.js';
import { findMissed, toForgetEvent } from './forgetting.js';
import { MerchantAttachments, type MerchantRow } from './merchant-attachments.js';
import { Verifier } from './verifier.entity.js';

/** The scope that a key must name to attach verifiers. */
export const VERIFIER_SCOPE = 'verifier';

/** The least time between two leases of a verifier, unless it has just been connected. */
const GRANT_EVERY_MS = 900;

/** The time after which a failed statement is repeated. */
const REPEAT_AFTER_MS = 100;

/** A position from which nobody can catch up. */
const UNKNOWN_POSITION = Number.NEGATIVE_INFINITY;

/** Whether a key may attach verifiers: its scopes name that, and it has a level. */
export const mayVerify = ({ level, scopes }: Pick<CachedKey, 'level' | 'scopes'>): boolean =>
  level >= 1 && scopes !== null && grants(scopes, VERIFIER_SCOPE);

/**
 * The verifiers that are attached to this instance. The instance tells them what to forget, and gives them leases that never outlive its own:
 * what it may answer from its cache, they may decide from their memory. A revocation waits for the verifiers of its merchant as it does for
 * instances.
 */
@Injectable()
export class Attachments implements LeaseFollower, BeforeApplicationShutdown {
  private readonly merchants = new Map<string, MerchantAttachments>();
  /** Rows that are being deleted, by merchant. */
  private readonly leaving = new Map<string, Promise<unknown>>();
  private grantedAtMs = Number.NEGATIVE_INFINITY;
  private isStopping = false;

  constructor(
    private readonly connections: PriorityConnections,
    private readonly lease: Lease,
    private readonly validity: CacheValidity,
    private readonly verification: VerificationService,
  ) {
    lease.follow(this);
  }

  /** The number of verifiers that are connected to this instance. */
  get connected(): number {
    return this.all().filter(({ isConnected }) => isConnected).length;
  }

  /**
   * Connects a verifier, and tells it what it has missed. From then on it is told of changes, and given leases.
   *
   * @param after the revision up to which it has forgotten; `null` if it remembers nothing
   * @throws {DomainError} `unavailable` while this instance stops or the database doesn't respond
   */
  async connect(
    { id, merchantId }: Pick<Verifier, 'id' | 'merchantId'>,
    publicId: string,
    connection: VerifierConnection,
    after: number | null,
  ): Promise<Attachment> {
    const isKnown = after === null || (await this.catchUpWith(after));
    const { attachment, revision } = await this.join(merchantId, (merchant) => {
      // One that has ended meanwhile would never be seen to end.
      if (!connection.isOpen) throw unavailableError();
      const found = merchant.attachments.get(id) ?? new Attachment(id, publicId);
      merchant.attachments.set(id, found);
      found.publicId = publicId;
      found.connect(connection, isKnown ? (after ?? this.lease.appliedRevision) : 0);
      return { attachment: found, revision: this.lease.appliedRevision };
    });
    const { manager } = this.connections;
    const known = isKnown ? after : UNKNOWN_POSITION;
    attachment.begin(connection, known === null ? null : await findMissed(manager, merchantId, known, revision));
    this.grant(attachment);
    return attachment;
  }

  /** Gives a verifier that is connected a lease for as long as this instance's own holds. */
  grant(attachment: Attachment): void {
    attachment.grant(this.lease.appliedRevision, this.isStopping ? 0 : this.validity.remainingMs());
  }

  /** @returns whether the connection was the verifier's present one */
  disconnect({ id, merchantId }: Pick<Verifier, 'id' | 'merchantId'>, connection: VerifierConnection): boolean {
    return this.merchants.get(merchantId)?.attachments.get(id)?.disconnect(connection) ?? false;
  }

  /** Returns a verifier that is attached to this instance. */
  find({ id, merchantId }: Pick<Verifier, 'id' | 'merchantId'>): Attachment | null {
    return this.merchants.get(merchantId)?.attachments.get(id) ?? null;
  }

  /** Takes an acknowledgement. @returns whether the verifier is attached to this instance, and for so long that it isn't to another one */
  acknowledge(verifier: Pick<Verifier, 'id' | 'merchantId'>, revision: number): boolean {
    const attachment = this.find(verifier);
    if (!attachment) return false;
    attachment.acknowledge(revision);
    this.merchants.get(verifier.merchantId)?.wake();
    return attachment.isConnected && attachment.connectedForMs > LEASE_MS;
  }

  /** Has this instance read its own change soon, if verifiers must hear of it. */
  @OnEveryEvent()
  wake({ invalidates, merchantId }: DomainEvent, tx: Transaction): void {
    if (invalidates.length > 0 && this.merchants.has(merchantId)) tx.during('announce', () => this.lease.wake());
  }

  applied(changes: readonly AppliedChange[]): void {
    for (const [merchantId, merchant] of this.merchants) {
      const event = toForgetEvent(changes, merchantId);
      if (event) merchant.tell(event);
    }
  }

  renewed(): void {
    const nowMs = performance.now();
    if (nowMs - this.grantedAtMs < GRANT_EVERY_MS) return;
    this.grantedAtMs = nowMs;
    for (const attachment of this.all()) if (attachment.isConnected) void this.renew(attachment);
    this.prune();
  }

  /** Ends all connections, and waits until the leases have ended that verifiers were given. */
  async lost(): Promise<void> {
    const attachments = this.all();
    for (const attachment of attachments) attachment.close();
    await sleep(Math.max(0, ...attachments.map(({ trustedForMs }) => trustedForMs)));
    this.merchants.clear();
  }

  /** Has the verifiers go on at other instances. Until their leases have ended, this instance keeps its own. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    for (const attachment of this.all()) attachment.close();
    await sleep(Math.max(0, ...this.all().map(({ trustedForMs }) => trustedForMs)));
  }

  private all(): Attachment[] {
    return [...this.merchants.values()].flatMap(({ attachments }) => [...attachments.values()]);
  }

  /** Gives a verifier a new lease, or ends its connection if its key isn't valid any more. */
  private async renew(attachment: Attachment): Promise<void> {
    const { publicId } = attachment;
    const key = await this.verification.findKey({ publicId, seenIn: (found) => found }).catch(() => null);
    if (key && mayVerify(key)) this.grant(attachment);
    else attachment.close();
  }

  /** Calls back once a merchant has a row, so that what is committed from then on waits for its verifiers. */
  private async join<T>(merchantId: string, work: (merchant: MerchantAttachments) => T): Promise<T> {
    await this.leaving.get(merchantId);
    if (this.isStopping) throw unavailableError();
    const joined = this.merchants.get(merchantId) ?? this.add(merchantId);
    return joined.join(() => {
      // The lease may have been lost meanwhile, and every row with it.
      if (this.isStopping || this.merchants.get(merchantId) !== joined) throw unavailableError();
      return work(joined);
    });
  }

  private add(merchantId: string): MerchantAttachments {
    const merchant = new MerchantAttachments(this.rowOf(merchantId));
    this.merchants.set(merchantId, merchant);
    merchant.ready.catch(() => {
      if (this.merchants.get(merchantId) === merchant) this.leave(merchantId);
    });
    return merchant;
  }

  /** Removes verifiers that have left, and the rows of merchants that have none left. */
  private prune(): void {
    for (const [merchantId, merchant] of this.merchants) {
      merchant.prune();
      if (merchant.isIdle) this.leave(merchantId);
    }
  }

  private leave(merchantId: string): void {
    this.merchants.delete(merchantId);
    const left = this.deleteRow(merchantId).finally(() => this.leaving.delete(merchantId));
    this.leaving.set(merchantId, left);
  }

  /** Deletes the row of a merchant, however often that fails: revocations would wait for it. */
  private async deleteRow(merchantId: string): Promise<void> {
    const row = { instanceId: this.lease.instanceId, merchantId };
    while (!this.isStopping)
      try {
        await this.write((manager) => manager.delete(InstanceVerifiers, row));
        return;
      } catch {
        await sleep(REPEAT_AFTER_MS, undefined, { ref: false });
      }
  }

  private rowOf(merchantId: string): MerchantRow {
    const row = { instanceId: this.lease.instanceId, merchantId };
    return {
      insert: async () => {
        const { appliedRevision } = this.lease;
        await this.write(async (manager) => {
          await manager.delete(InstanceVerifiers, row);
          await manager.insert(InstanceVerifiers, { ...row, appliedRevision });
        });
        // What was committed before the row did not wait for it, and is to be applied first.
        await this.lease.waitUntilApplied(await this.readRevision());
        return appliedRevision;
      },
      update: async (appliedRevision) => {
        const behind = { ...row, appliedRevision: LessThan(appliedRevision) };
        await this.write((manager) => manager.update(InstanceVerifiers, behind, { appliedRevision }));
      },
      readAcknowledgements: async (attachments) => {
        const ids = attachments.map(({ id }) => id);
        const rows = await this.connections.manager.findBy(Verifier, { id: In(ids) });
        const revisions = new Map(rows.map(({ id, acknowledgedRevision }) => [id, acknowledgedRevision]));
        for (const attachment of attachments) attachment.acknowledge(revisions.get(attachment.id) ?? 0);
      },
    };
  }

  /**
   * Waits until this instance has applied a revision that a verifier knows.
   *
   * @returns false if there is no such revision
   */
  private async catchUpWith(revision: number): Promise<boolean> {
    if (revision <= this.lease.appliedRevision) return true;
    if (revision > (await this.readRevision())) return false;
    await this.lease.waitUntilApplied(revision);
    return true;
  }

  private async readRevision(): Promise<number> {
    return (await this.connections.manager.findOneByOrFail(KeyRevision, { id: 1 })).value;
  }

  private write<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.connections.transaction(work);
  }
}
