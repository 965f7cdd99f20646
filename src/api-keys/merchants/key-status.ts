import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, type Repository } from 'typeorm';
import { Account } from '../../accounts/account.entity.js';
import { ApiKey } from '../api-key.entity.js';
import type { PreviousCredential } from '../key-rotation.js';
import { Clock } from '../../platform/runtime/clock.js';

export type KeyStatus = 'active' | 'disabled' | 'expired';

/** A key, and what is true of it at a moment. */
export interface KeyWithStatus {
  key: ApiKey;
  status: KeyStatus;
  /** What it was before its rotation, while that is still good. */
  previous: PreviousCredential | null;
  /** The uuid of the account that answers for it since its maker left; `null` is its maker. */
  responsibleId: string | null;
}

/** Says of keys what is true of them now. */
@Injectable()
export class KeyStatuses {
  constructor(
    @InjectRepository(ApiKey) private readonly keys: Repository<ApiKey>,
    private readonly clock: Clock,
  ) {}

  async describe(keys: ApiKey[]): Promise<KeyWithStatus[]> {
    const now = this.clock.now();
    const uuids = await this.findUuids(new Set(keys.flatMap((key) => key.responsibleAccountId ?? [])));
    return keys.map((key) => ({
      key,
      status: computeStatus(key, now),
      previous: readPrevious(key, now),
      responsibleId: uuids.get(key.responsibleAccountId) ?? null,
    }));
  }

  async describeOne(key: ApiKey): Promise<KeyWithStatus> {
    const [described] = await this.describe([key]);
    if (!described) throw new Error('One key has one state.');
    return described;
  }

  /** Few keys have another than their makers, and few people answer for them. */
  private async findUuids(accountIds: Set<number>): Promise<Map<number | null, string>> {
    if (accountIds.size === 0) return new Map();
    const where = { id: In([...accountIds]) };
    const accounts = await this.keys.manager.find(Account, { select: { id: true, uuid: true }, where });
    return new Map(accounts.map(({ id, uuid }) => [id, uuid]));
  }
}

function computeStatus({ isActive, expiresAt }: ApiKey, now: Date): KeyStatus {
  if (!isActive) return 'disabled';
  return expiresAt !== null && expiresAt <= now ? 'expired' : 'active';
}

function readPrevious(key: ApiKey, now: Date): PreviousCredential | null {
  const { previousPublicId: publicId, previousValidUntil: validUntil, previousLastUsedAt: lastUsedAt } = key;
  return publicId === null || validUntil === null || validUntil <= now ? null : { publicId, validUntil, lastUsedAt };
}
