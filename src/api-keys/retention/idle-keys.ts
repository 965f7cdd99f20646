import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { resolveIdlePolicy, type IdlePolicy } from '../../accounts/merchants/idle-policy.js';
import { MerchantBatches } from '../../accounts/merchants/merchant-batches.js';
import type { Merchant } from '../../accounts/merchant.entity.js';
import { Config } from '../../platform/config/config.js';
import { SYSTEM } from '../../platform/events/actor.js';
import { Clock, DAY_SECONDS, secondsAfter } from '../../platform/runtime/clock.js';
import type { Transaction } from '../../platform/database/transactions/transaction.js';
import type { JobRun } from '../../platform/jobs/job-run.js';
import { HousekeepingJob, type Job } from '../../platform/jobs/job.js';
import type { ApiKey } from '../api-key.entity.js';
import { KeyActivation } from '../key-activation.js';
import { KeyRevocation } from '../key-revocation.js';
import { LastUse } from '../uses/last-use.js';
import { keyTarget, lockUndeleted } from '../usable-keys.js';
import { IdleKey } from './idle-key.entity.js';
import { IdleKeyBacklogs } from './idle-key-backlogs.js';
import { NOTHING } from '../../platform/events/invalidation.js';

/** Keys changed in one transaction. */
const AT_ONCE = 100;

/**
 * Applies the merchants' policies for unused keys: the merchant is notified, then the key is disabled, then deleted. The days between two
 * steps always pass, however long the key had been unused when its merchant was notified.
 */
@Injectable()
@HousekeepingJob()
export class IdleKeys implements Job {
  readonly name = 'idle_keys';
  readonly schedule = '40 3 * * *';

  constructor(
    private readonly activation: KeyActivation,
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly lastUse: LastUse,
    private readonly merchants: MerchantBatches,
    private readonly backlogs: IdleKeyBacklogs,
    private readonly revocation: KeyRevocation,
  ) {}

  async run(run: JobRun): Promise<void> {
    if (!run.isDry) await this.lastUse.flush();
    for await (const merchants of this.merchants.all()) {
      const inUseAgain = this.backlogs.inUseAgain(merchants.map(({ id }) => id));
      if (!run.isDry) await run.clear('woken', inUseAgain, (tx, ids) => this.forget(tx, ids));
      for (const { policy, ids } of byPolicy(merchants, this.config)) await this.follow(run, policy, ids);
    }
  }

  private async follow(run: JobRun, policy: IdlePolicy, merchantIds: string[]): Promise<void> {
    const { idleAfterDays, disableAfterDays, deleteAfterDays } = policy;
    if (idleAfterDays === 0) return;
    const before = (days: number): Date => this.clock.in(-Math.max(0, days) * DAY_SECONDS);
    if (deleteAfterDays > 0) {
      const stepBefore = disableAfterDays || idleAfterDays;
      const backlog = this.backlogs.deletable(merchantIds, before(deleteAfterDays - stepBefore), disableAfterDays > 0);
      await run.clear('deleted', backlog, (tx, ids) => this.delete(tx, ids), AT_ONCE);
    }
    if (disableAfterDays > 0) {
      const backlog = this.backlogs.notified(merchantIds, before(disableAfterDays - idleAfterDays));
      await run.clear('disabled', backlog, (tx, ids) => this.disable(tx, ids), AT_ONCE);
    }
    const since = before(idleAfterDays);
    await run.clear(
      'told',
      this.backlogs.unnotified(merchantIds, since),
      (tx, ids) => this.tell(tx, ids, since, policy),
      AT_ONCE,
    );
  }

  private async tell(tx: Transaction, ids: string[], since: Date, policy: IdlePolicy): Promise<string[]> {
    const keys = (await lockUndeleted(tx, ids)).filter((key) => this.isUntouched(key, since));
    const toldAt = this.clock.now();
    const after = (days: number): string | null =>
      days === 0 ? null : secondsAfter(toldAt, (days - policy.idleAfterDays) * DAY_SECONDS).toISOString();
    for (const key of keys) {
      const { publicId, surface, name, level, applicationId } = key;
      const lastUsedAt = this.lastUse.latest(key)?.toISOString() ?? null;
      const next = { disabledAt: after(policy.disableAfterDays), deletedAt: after(policy.deleteAfterDays) };
      const details = { publicId, surface, name, level, applicationId, lastUsedAt, ...next };
      await tx.publish({ ...keyTarget(key), name: 'api_key.idle', actor: SYSTEM, details, invalidates: NOTHING });
    }
    const rows = keys.map(({ id, merchantId }) => ({ id, merchantId, toldAt, disabledAt: null }));
    if (rows.length > 0) await tx.manager.insert(IdleKey, rows);
    return keys.map(({ id }) => id);
  }

  private async disable(tx: Transaction, ids: string[]): Promise<string[]> {
    const still = await this.stillIdle(tx, ids);
    const { changed: disabled } = await this.activation.disable(tx, SYSTEM, still);
    // Set after the keys were changed: a later `updatedAt` would mean that a caller has changed the key.
    await tx.manager.update(IdleKey, { id: In(still) }, { disabledAt: this.clock.now() });
    return disabled.map(({ id }) => id);
  }

  private async delete(tx: Transaction, ids: string[]): Promise<string[]> {
    const { changed: deleted } = await this.revocation.revokeMany(tx, SYSTEM, await this.stillIdle(tx, ids), 'idle');
    return this.forget(
      tx,
      deleted.map(({ id }) => id),
    );
  }

  private async forget(tx: Transaction, ids: string[]): Promise<string[]> {
    await tx.manager.delete(IdleKey, { id: In(ids) });
    return ids;
  }

  /** Returns the keys that are still unused, because some may have been used or changed a moment ago. */
  private async stillIdle(tx: Transaction, ids: string[]): Promise<string[]> {
    const keys = await lockUndeleted(tx, ids);
    const rows = await tx.manager.findBy(IdleKey, { id: In(ids) });
    const since = new Map(rows.map(({ id, toldAt, disabledAt }) => [id, { toldAt, changedAt: disabledAt ?? toldAt }]));
    return keys.flatMap((key) => {
      const idle = since.get(key.id);
      const isIdle =
        idle && key.updatedAt <= idle.changedAt && (this.lastUse.latest(key)?.getTime() ?? 0) <= idle.toldAt.getTime();
      return isIdle ? [key.id] : [];
    });
  }

  private isUntouched(key: ApiKey, since: Date): boolean {
    return key.isActive && key.updatedAt < since && (this.lastUse.latest(key)?.getTime() ?? 0) < since.getTime();
  }
}

/** Groups merchants by policy, so that the keys of each group are handled together. */
function byPolicy(merchants: Merchant[], config: Config): { policy: IdlePolicy; ids: string[] }[] {
  const groups = new Map<string, { policy: IdlePolicy; ids: string[] }>();
  for (const merchant of merchants) {
    const policy = resolveIdlePolicy(merchant, config);
    const name = Object.values(policy).join(' ');
    const group = groups.get(name) ?? { policy, ids: [] };
    group.ids.push(merchant.id);
    groups.set(name, group);
  }
  return [...groups.values()];
}
