import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, type Repository } from 'typeorm';
import { Account } from '../../accounts/account.entity.js';
import { ApiKey } from '../api-key.entity.js';
import type { PreviousCredential } from '../key-rotation.js';
import { Clock } from '../../platform/runtime/clock.js';

export type KeyStatus = 'active' | 'disabled' | 'expired';

/** A key, and what is true of it at a moment. */
export interface StatedKey {
  key: ApiKey;
  status: KeyStatus;
  /** What it was before its rotation, while that is still good. */
  previous: PreviousCredential | null;
  /** The uuid of the account that answers for it since its maker left; `null` is its maker. */
  responsibleId: string | null;
}

/** Says of keys what is true of them now. */
@Injectable()
export class KeyStates {
  constructor(
    @InjectRepository(ApiKey) private readonly keys: Repository<ApiKey>,
    private readonly clock: Clock,
  ) {}

  async of(keys: ApiKey[]): Promise<StatedKey[]> {
    const now = this.clock.now();
    const uuids = await this.uuidsOf(new Set(keys.flatMap((key) => key.responsibleAccountId ?? [])));
    return keys.map((key) => ({
      key,
      status: statusOf(key, now),
      previous: previousOf(key, now),
      responsibleId: uuids.get(key.responsibleAccountId) ?? null,
    }));
  }

  async ofOne(key: ApiKey): Promise<StatedKey> {
    const [stated] = await this.of([key]);
    if (!stated) throw new Error('One key has one state.');
    return stated;
  }

  /** Few keys have another than their makers, and few people answer for them. */
  private async uuidsOf(accountIds: Set<number>): Promise<Map<number | null, string>> {
    if (accountIds.size === 0) return new Map();
    const where = { id: In([...accountIds]) };
    const accounts = await this.keys.manager.find(Account, { select: { id: true, uuid: true }, where });
    return new Map(accounts.map(({ id, uuid }) => [id, uuid]));
  }
}

function statusOf({ isActive, expiresAt }: ApiKey, now: Date): KeyStatus {
  if (!isActive) return 'disabled';
  return expiresAt !== null && expiresAt <= now ? 'expired' : 'active';
}

function previousOf(key: ApiKey, now: Date): PreviousCredential | null {
  const { previousPublicId: publicId, previousValidUntil: validUntil, previousLastUsedAt: lastUsedAt } = key;
  return publicId === null || validUntil === null || validUntil <= now ? null : { publicId, validUntil, lastUsedAt };
}
