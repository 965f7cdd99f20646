import { Injectable } from '@nestjs/common';
import { In, IsNull } from 'typeorm';
import { ROLE_NAMES, ROLES } from '../access/levels.js';
import { Account, STATUS } from '../accounts/account.entity.js';
import { AccountsService } from '../accounts/accounts.service.js';
import { Merchant } from '../accounts/merchant.entity.js';
import { MerchantBatches } from '../accounts/merchants/merchant-batches.js';
import { MerchantChanges } from '../accounts/merchants/merchant-changes.js';
import { ApiKey } from '../api-keys/api-key.entity.js';
import { KeyActivation } from '../api-keys/key-activation.js';
import { KeyRevocation } from '../api-keys/key-revocation.js';
import { KeyRotation } from '../api-keys/key-rotation.js';
import { Application } from '../applications/application.entity.js';
import { ApplicationsService } from '../applications/applications.service.js';
import type { Transaction } from '../platform/database/transactions/transaction.js';
import { Transactions } from '../platform/database/transactions/transactions.js';
import { SYSTEM } from '../platform/events/actor.js';
import type { EventDetails } from '../platform/events/domain-event.js';
import { NOTHING } from '../platform/events/invalidation.js';
import { inBatches } from '../platform/runtime/batches.js';
import type { Revocation } from '../verification/journal/revocation.js';

/** Keys changed in one transaction. */
const BATCH = 500;

/** How much was taken away again. What the backup did not have, or had taken away already, is not counted. */
export interface ReplayCounts {
  keysDeleted: number;
  keysDisabled: number;
  credentialsEnded: number;
  applicationsDeleted: number;
  applicationsDisabled: number;
  accountsDeleted: number;
  accountsDisabled: number;
  accountsLowered: number;
  merchantsBlocked: number;
  merchantsDeleted: number;
}

/** Takes away again what a restored backup has given back, by the rules by which it was taken away. It can be repeated. */
@Injectable()
export class RevocationReplay {
  private counts = newCounts();

  constructor(
    private readonly accounts: AccountsService,
    private readonly activation: KeyActivation,
    private readonly applications: ApplicationsService,
    private readonly batches: MerchantBatches,
    private readonly merchants: MerchantChanges,
    private readonly revocation: KeyRevocation,
    private readonly rotation: KeyRotation,
    private readonly transactions: Transactions,
  ) {}

  async apply(revocations: Revocation[]): Promise<ReplayCounts> {
    this.counts = newCounts();
    const of = (kind: Revocation['kind']): Revocation[] => revocations.filter((each) => each.kind === kind);
    const keys = of('key');
    for (const batch of inBatches(keys.filter(isFor('everything')), BATCH))
      await this.transactions.run((tx) => this.deleteKeys(tx, idsOf(batch)));
    for (const batch of inBatches(keys.filter(isFor('permissions')), BATCH))
      await this.transactions.run((tx) => this.disableKeys(tx, idsOf(batch)));
    for (const batch of inBatches(keys.filter(isFor('credential')), BATCH))
      await this.transactions.run((tx) => this.endCredentials(tx, batch));
    for (const each of of('application')) await this.applyToApplication(each);
    for (const each of of('account')) await this.transactions.run((tx) => this.applyToAccount(tx, each));
    for (const each of of('merchant')) await this.transactions.run((tx) => this.applyToMerchant(tx, each));
    return this.counts;
  }

  /** Adds to the audit trail of each merchant that the database was restored, and so what is missing in the trail. */
  async record(details: EventDetails): Promise<void> {
    for await (const merchants of this.batches.all())
      await this.transactions.run(async (tx) => {
        for (const { id } of merchants)
          await tx.publish({
            name: 'backup.restored',
            actor: SYSTEM,
            merchantId: id,
            targetType: 'merchant',
            targetId: id,
            details,
            invalidates: NOTHING,
          });
      });
  }

  private async deleteKeys(tx: Transaction, ids: string[]): Promise<void> {
    const { changed: deleted } = await this.revocation.revokeMany(tx, SYSTEM, ids, 'backup_restored');
    this.counts.keysDeleted += deleted.length;
  }

  private async disableKeys(tx: Transaction, ids: string[]): Promise<void> {
    const active = await tx.manager.findBy(ApiKey, { id: In(ids), isActive: true, deletedAt: IsNull() });
    const { changed: disabled } = await this.activation.disable(tx, SYSTEM, idsOf(active));
    this.counts.keysDisabled += disabled.length;
  }

  /** A key whose credential was replaced has no valid one: nobody knows the new one's secret but its holder. */
  private async endCredentials(tx: Transaction, revocations: Revocation[]): Promise<void> {
    const remaining = new Map(revocations.map((each) => [each.id, each.remaining]));
    const keys = await tx.manager.findBy(ApiKey, { id: In([...remaining.keys()]), deletedAt: IsNull() });
    const replaced = keys.filter(({ id, publicId }) => publicId !== remaining.get(id));
    await this.disableKeys(tx, idsOf(replaced));
    for (const key of keys.filter((each) => !replaced.includes(each)))
      if (await this.rotation.endPrevious(tx, SYSTEM, key.id, key.publicId, 'backup_restored'))
        this.counts.credentialsEnded += 1;
  }

  private async applyToApplication({ id, revokes }: Revocation): Promise<void> {
    const application = await this.transactions.run(({ manager }) => manager.findOneBy(Application, { id }));
    if (!application) return;
    if (revokes === 'everything') {
      await this.applications.delete(SYSTEM, application);
      this.counts.applicationsDeleted += 1;
    } else if (application.isEnabled) {
      await this.applications.setEnabled(SYSTEM, application, false);
      this.counts.applicationsDisabled += 1;
    }
  }

  private async applyToAccount(tx: Transaction, { id: uuid, revokes, remaining }: Revocation): Promise<void> {
    const account = await tx.manager.findOneBy(Account, { uuid, deletedAt: IsNull() });
    if (!account) return;
    if (revokes === 'everything') {
      await this.accounts.delete(tx, SYSTEM, account.id);
      this.counts.accountsDeleted += 1;
      return;
    }
    const role = ROLE_NAMES.find((name) => name === remaining);
    if (role && ROLES[role] < account.level) {
      await this.accounts.change(tx, SYSTEM, account.id, { role });
      this.counts.accountsLowered += 1;
    } else if (!role && (account.status === STATUS.active || account.status === STATUS.notYet)) {
      await this.accounts.change(tx, SYSTEM, account.id, { status: STATUS.disabled });
      this.counts.accountsDisabled += 1;
    }
  }

  /** A merchant that has been deleted since is deleted again. */
  private async applyToMerchant(tx: Transaction, { id, revokes }: Revocation): Promise<void> {
    const merchant = await tx.manager.findOneBy(Merchant, { id });
    if (merchant && merchant.status !== 'deleting' && revokes === 'everything') {
      await this.merchants.startDeletion(tx, SYSTEM, id);
      this.counts.merchantsDeleted += 1;
    }
    if (merchant?.status !== 'active' || revokes === 'everything') return;
    await this.merchants.block(tx, SYSTEM, id);
    this.counts.merchantsBlocked += 1;
  }
}

const newCounts = (): ReplayCounts => ({
  keysDeleted: 0,
  keysDisabled: 0,
  credentialsEnded: 0,
  applicationsDeleted: 0,
  applicationsDisabled: 0,
  accountsDeleted: 0,
  accountsDisabled: 0,
  accountsLowered: 0,
  merchantsBlocked: 0,
  merchantsDeleted: 0,
});

const isFor =
  (revoked: Revocation['revokes']) =>
  ({ revokes }: Revocation): boolean =>
    revokes === revoked;

const idsOf = (items: { id: string }[]): string[] => items.map(({ id }) => id);
