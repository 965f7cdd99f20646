import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, type Repository } from 'typeorm';
import { Account } from '../../accounts/account.entity.js';
import { ApiKey } from '../api-key.entity.js';
import { readPrevious, type PreviousCredential } from '../previous-credential.js';
import { LastSource } from '../uses/last-source.entity.js';
import { Clock } from '../../platform/runtime/clock.js';

export type KeyStatus = 'active' | 'disabled' | 'expired';

/** A key with its status at a given time. */
export interface KeyWithStatus {
  key: ApiKey;
  status: KeyStatus;
  /** The credential before the latest rotation, while it is still valid. */
  previous: PreviousCredential | null;
  /** The uuid of the account that is responsible for the key since its creator left; `null` if the creator still is. */
  responsibleId: string | null;
  /** From where the key was last used; `null` if that isn't known. */
  lastSource: LastSource | null;
}

/** Determines the current status of keys. */
@Injectable()
export class KeyStatuses {
  constructor(
    @InjectRepository(ApiKey) private readonly keys: Repository<ApiKey>,
    private readonly clock: Clock,
  ) {}

  async describe(keys: ApiKey[]): Promise<KeyWithStatus[]> {
    const now = this.clock.now();
    const uuids = await this.findUuids(new Set(keys.flatMap((key) => key.responsibleAccountId ?? [])));
    const lastSources = await this.findLastSources(keys);
    return keys.map((key) => ({
      key,
      status: computeStatus(key, now),
      previous: readPrevious(key, now),
      responsibleId: uuids.get(key.responsibleAccountId) ?? null,
      lastSource: lastSources.get(key.id) ?? null,
    }));
  }

  async describeOne(key: ApiKey): Promise<KeyWithStatus> {
    const [described] = await this.describe([key]);
    if (!described) throw new Error('describe() returned no status for the key.');
    return described;
  }

  private async findLastSources(keys: readonly ApiKey[]): Promise<Map<string, LastSource>> {
    const used = keys.flatMap(({ id, lastUsedAt }) => (lastUsedAt === null ? [] : [id]));
    const sources = used.length === 0 ? [] : await this.keys.manager.findBy(LastSource, { keyId: In(used) });
    return new Map(sources.map((source) => [source.keyId, source]));
  }

  /** Reads the uuids in a query of their own, because few keys have a responsible account. */
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
