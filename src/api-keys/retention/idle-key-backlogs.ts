import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Brackets, type Repository, type SelectQueryBuilder } from 'typeorm';
import { queryBacklog, type Backlog } from '../../platform/jobs/backlog.js';
import { ApiKey } from '../api-key.entity.js';
import { IdleKey } from './idle-key.entity.js';

/** Finds the unused keys of some merchants, by the step of the idle policy that each key has reached. */
@Injectable()
export class IdleKeyBacklogs {
  constructor(
    @InjectRepository(ApiKey) private readonly keys: Repository<ApiKey>,
    @InjectRepository(IdleKey) private readonly idle: Repository<IdleKey>,
  ) {}

  /** Keys that have not been used or changed since that time, and about which the merchant has not been notified. */
  unnotified(merchantIds: string[], since: Date): Backlog<string> {
    return queryBacklog(() =>
      this.keys
        .createQueryBuilder('apiKey')
        .leftJoin(IdleKey, 'idle', 'idle.id = apiKey.id')
        .where('apiKey.merchantId IN (:...merchantIds) AND apiKey.deletedAt IS NULL', { merchantIds })
        .andWhere('(apiKey.lastUsedAt < :since OR apiKey.lastUsedAt IS NULL) AND apiKey.updatedAt < :since', { since })
        .andWhere('apiKey.isActive = :isActive AND idle.id IS NULL', { isActive: true }),
    );
  }

  /** Keys about which the merchant was notified by that time, and which are still unused but not disabled. */
  notified(merchantIds: string[], by: Date): Backlog<string> {
    return queryBacklog(() =>
      this.stillIdle(merchantIds).andWhere('idle.disabledAt IS NULL AND idle.toldAt <= :by', { by }),
    );
  }

  /** Keys that were disabled by that time. If the policy doesn't disable keys, those about which the merchant was notified by that time. */
  deletable(merchantIds: string[], by: Date, isDisabledFirst: boolean): Backlog<string> {
    const at = isDisabledFirst ? 'idle.disabledAt' : 'COALESCE(idle.disabledAt, idle.toldAt)';
    return queryBacklog(() => this.stillIdle(merchantIds).andWhere(`${at} <= :by`, { by }));
  }

  /** Keys that have been used, changed or deleted since the notice. */
  inUseAgain(merchantIds: string[]): Backlog<string> {
    return queryBacklog(() =>
      this.ofMerchants(merchantIds).andWhere(
        new Brackets((changed) =>
          changed
            .where('apiKey.id IS NULL OR apiKey.deletedAt IS NOT NULL')
            .orWhere('apiKey.lastUsedAt > idle.toldAt')
            .orWhere('apiKey.updatedAt > COALESCE(idle.disabledAt, idle.toldAt)'),
        ),
      ),
    );
  }

  /** Keys that have not been used or changed since the notice. */
  private stillIdle(merchantIds: string[]): SelectQueryBuilder<IdleKey> {
    return this.ofMerchants(merchantIds)
      .andWhere('apiKey.deletedAt IS NULL AND (apiKey.lastUsedAt <= idle.toldAt OR apiKey.lastUsedAt IS NULL)')
      .andWhere('apiKey.updatedAt <= COALESCE(idle.disabledAt, idle.toldAt)');
  }

  private ofMerchants(merchantIds: string[]): SelectQueryBuilder<IdleKey> {
    return this.idle
      .createQueryBuilder('idle')
      .leftJoin(ApiKey, 'apiKey', 'apiKey.id = idle.id')
      .where('idle.merchantId IN (:...merchantIds)', { merchantIds });
  }
}
