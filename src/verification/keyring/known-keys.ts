import { BlockList, isIP } from 'node:net';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { Account } from '../../accounts/account.entity.js';
import { Merchant } from '../../accounts/merchant.entity.js';
import { ApiKey, type Environment, type KeySurface, type QuotaPeriod } from '../../api-keys/api-key.entity.js';
import { Application } from '../../applications/application.entity.js';
import { RevokedSession } from './revoked-session.entity.js';

/** Everything that a verification needs to know of a key, as it was when it was read. */
export interface KnownKey {
  readonly id: string;
  /** Of the credential that it was looked up by. */
  readonly publicId: string;
  readonly secretHash: string;
  readonly pepperId: string;
  readonly surface: KeySurface;
  readonly merchantId: string;
  /** Its merchant's eight digits. */
  readonly clientId: string;
  /** The number of the account that made it, on the accounts surface also its owner. */
  readonly accountNumber: number;
  /** The same account's uuid. */
  readonly accountId: string | null;
  readonly applicationId: string | null;
  readonly serviceId: string | null;
  readonly environment: Environment;
  readonly name: string;
  /** What it may do now; for a personal key never above what its owner may. */
  readonly level: number;
  readonly scopes: readonly string[] | null;
  /** When the credential ends, in milliseconds since 1970; infinite for one that never does. */
  readonly expiresAtMs: number;
  /** Whether the credential is one that a rotation has replaced. */
  readonly isPrevious: boolean;
  /** Whether the next good use of the credential ends the one that it has replaced. */
  readonly endsPrevious: boolean;
  readonly isActive: boolean;
  readonly isApplicationEnabled: boolean;
  /** Whether its merchant and, for a personal key, its owner may use keys at all. */
  readonly isOwnerActive: boolean;
  readonly allowedIps: BlockList | null;
  readonly rate: { readonly limit: number; readonly windowSeconds: number } | null;
  readonly quota: { readonly limit: number; readonly period: QuotaPeriod } | null;
  /** Ids of its sessions that were revoked before their end. */
  readonly revokedSessions: ReadonlySet<string>;
}

const NONE: ReadonlySet<string> = new Set();

type JoinedKey = ApiKey & {
  merchant?: Merchant;
  application?: Application;
  owner?: Account;
  revoked?: RevokedSession[];
};

/** Reads keys with everything that decides about them, in one statement. */
@Injectable()
export class KnownKeys {
  constructor(@InjectRepository(ApiKey) private readonly keys: Repository<ApiKey>) {}

  /**
   * @param publicId the key's own, or what a rotation has replaced by it
   * @returns `null` for a key that doesn't exist, or not any more
   */
  async read(publicId: string): Promise<KnownKey | null> {
    const key: JoinedKey | null = await this.keys
      .createQueryBuilder('key')
      .leftJoinAndMapOne('key.merchant', Merchant, 'merchant', 'merchant.id = key.merchantId')
      .leftJoinAndMapOne('key.application', Application, 'application', 'application.id = key.applicationId')
      .leftJoinAndMapOne('key.owner', Account, 'owner', 'owner.id = key.accountId')
      .leftJoinAndMapMany('key.revoked', RevokedSession, 'revoked', 'revoked.keyId = key.id')
      .where([{ publicId }, { previousPublicId: publicId }])
      .getOne();
    return key && knownKey(key, publicId);
  }
}

function knownKey(key: JoinedKey, publicId: string): KnownKey | null {
  const { merchant, application, owner } = key;
  const isPrevious = key.publicId !== publicId;
  const { secretHash, pepperId, expiresAtMs } = isPrevious ? previousCredential(key) : credential(key);
  if (secretHash === null || pepperId === null || key.deletedAt !== null) return null;
  const ownerLevel = key.surface === 'accounts' ? (owner?.levelOfKeys ?? null) : key.level;
  return {
    id: key.id,
    publicId,
    secretHash,
    pepperId,
    surface: key.surface,
    merchantId: key.merchantId,
    clientId: merchant?.clientId ?? '',
    accountNumber: key.accountId,
    accountId: owner?.uuid ?? null,
    applicationId: key.applicationId,
    serviceId: key.serviceId,
    environment: key.environment,
    name: key.name,
    level: Math.min(key.level, ownerLevel ?? key.level),
    scopes: key.scopes,
    expiresAtMs,
    isPrevious,
    endsPrevious: !isPrevious && key.previousEndsOnFirstUse === true,
    isActive: key.isActive,
    isApplicationEnabled: key.applicationId === null || application?.isEnabled === true,
    isOwnerActive: merchant?.status === 'active' && ownerLevel !== null,
    allowedIps: key.allowedIps && blockListOf(key.allowedIps),
    rate: key.rateLimit === null ? null : { limit: key.rateLimit, windowSeconds: key.rateWindowSeconds ?? 60 },
    quota: key.quotaLimit === null ? null : { limit: key.quotaLimit, period: key.quotaPeriod ?? 'month' },
    revokedSessions: key.revoked?.length ? new Set(key.revoked.map(({ id }) => id)) : NONE,
  };
}

const credential = ({ secretHash, pepperId, expiresAt }: ApiKey) => ({
  secretHash,
  pepperId,
  expiresAtMs: expiresAt?.getTime() ?? Number.POSITIVE_INFINITY,
});

const previousCredential = (key: ApiKey): ReturnType<typeof credential> => ({
  secretHash: key.previousSecretHash,
  pepperId: key.previousPepperId,
  expiresAtMs: Math.min(credential(key).expiresAtMs, key.previousValidUntil?.getTime() ?? Number.NEGATIVE_INFINITY),
});

/** Addresses and networks as Node looks them up. */
export function blockListOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
}
