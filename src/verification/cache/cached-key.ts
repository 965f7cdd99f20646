import type { BlockList } from 'node:net';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { Account } from '../../accounts/account.entity.js';
import { Merchant } from '../../accounts/merchant.entity.js';
import { ApiKey, type Environment, type KeySurface, type QuotaPeriod } from '../../api-keys/api-key.entity.js';
import { Application } from '../../applications/application.entity.js';
import { RowMapper } from '../../platform/database/row-mapper.js';
import { buildBlockList } from '../../platform/validation/networks.js';

/** Everything that a verification needs to know of a key, as it was when it was read. */
export interface CachedKey {
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

const KEY = [
  'id',
  'publicId',
  'secretHash',
  'pepperId',
  'surface',
  'merchantId',
  'accountId',
  'applicationId',
  'serviceId',
  'environment',
  'name',
  'level',
  'scopes',
  'expiresAt',
  'isActive',
  'deletedAt',
  'allowedIps',
  'rateLimit',
  'rateWindowSeconds',
  'quotaLimit',
  'quotaPeriod',
  'previousPublicId',
  'previousSecretHash',
  'previousPepperId',
  'previousValidUntil',
  'previousEndsOnFirstUse',
] as const satisfies (keyof ApiKey)[];

type KeyRow = Pick<ApiKey, (typeof KEY)[number]>;

/** Reads keys with everything that decides about them, in one statement, which is written out: TypeORM's builder takes longer than the database. */
@Injectable()
export class CachedKeyReader {
  private readonly key: RowMapper<ApiKey, (typeof KEY)[number]>;
  private readonly merchant: RowMapper<Merchant, 'clientId' | 'status'>;
  private readonly application: RowMapper<Application, 'isEnabled'>;
  private readonly owner: RowMapper<Account, 'uuid' | 'role' | 'status' | 'consent' | 'deletedAt'>;
  readonly statement: string;

  constructor(@InjectRepository(ApiKey) private readonly keys: Repository<ApiKey>) {
    this.key = new RowMapper(keys.manager, ApiKey, 'k', KEY);
    this.merchant = new RowMapper(keys.manager, Merchant, 'm', ['clientId', 'status']);
    this.application = new RowMapper(keys.manager, Application, 'a', ['isEnabled']);
    this.owner = new RowMapper(keys.manager, Account, 'o', ['uuid', 'role', 'status', 'consent', 'deletedAt']);
    const all = [this.key, this.merchant, this.application, this.owner].map(({ columns }) => columns);
    this.statement = `
      SELECT ${all.join(', ')}, s.id AS s_id
      FROM api_key k
      LEFT JOIN merchant m ON m.id = k.merchant_id
      LEFT JOIN application a ON a.id = k.application_id
      LEFT JOIN account o ON o.id = k.account_id
      LEFT JOIN revoked_session s ON s.key_id = k.id
      WHERE k.public_id = ? OR k.previous_public_id = ?`;
  }

  /**
   * @param publicId the key's own, or what a rotation has replaced by it
   * @returns `null` for a key that doesn't exist, or not any more
   */
  async read(publicId: string): Promise<CachedKey | null> {
    // A row for each of the key's revoked sessions, and one when there are none.
    const rows = await this.keys.query<Record<string, unknown>[]>(this.statement, [publicId, publicId]);
    const [row] = rows;
    if (!row) return null;
    const merchant = this.merchant.readInto(row, {});
    const owner = this.owner.readInto(row, new Account());
    const revoked = rows.flatMap(({ s_id }) => (typeof s_id === 'string' ? [s_id] : []));
    return toCachedKey(publicId, {
      key: this.key.readInto(row, {}),
      clientId: merchant.clientId,
      isMerchantActive: merchant.status === 'active',
      isApplicationEnabled: this.application.readInto(row, {}).isEnabled,
      accountId: owner.uuid,
      levelOfKeys: owner.maxKeyLevel,
      revoked,
    });
  }
}

/** A key's row, and what those that it belongs to say of it. */
interface Found {
  key: KeyRow;
  clientId: string;
  isMerchantActive: boolean;
  isApplicationEnabled: boolean | null;
  accountId: string | null;
  levelOfKeys: number | null;
  revoked: string[];
}

function toCachedKey(publicId: string, found: Found): CachedKey | null {
  const { key, clientId, accountId, revoked } = found;
  const isPrevious = key.publicId !== publicId;
  const { secretHash, pepperId, expiresAtMs } = isPrevious ? previousCredential(key) : credential(key);
  if (secretHash === null || pepperId === null || key.deletedAt !== null) return null;
  const ownerLevel = key.surface === 'accounts' ? found.levelOfKeys : key.level;
  return {
    id: key.id,
    publicId,
    secretHash,
    pepperId,
    surface: key.surface,
    merchantId: key.merchantId,
    clientId,
    accountNumber: key.accountId,
    accountId,
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
    isApplicationEnabled: key.applicationId === null || found.isApplicationEnabled === true,
    isOwnerActive: found.isMerchantActive && ownerLevel !== null,
    allowedIps: key.allowedIps && buildBlockList(key.allowedIps),
    rate: key.rateLimit === null ? null : { limit: key.rateLimit, windowSeconds: key.rateWindowSeconds ?? 60 },
    quota: key.quotaLimit === null ? null : { limit: key.quotaLimit, period: key.quotaPeriod ?? 'month' },
    revokedSessions: revoked.length > 0 ? new Set(revoked) : NONE,
  };
}

const credential = ({ secretHash, pepperId, expiresAt }: KeyRow) => ({
  secretHash,
  pepperId,
  expiresAtMs: expiresAt?.getTime() ?? Number.POSITIVE_INFINITY,
});

const previousCredential = (key: KeyRow): ReturnType<typeof credential> => ({
  secretHash: key.previousSecretHash,
  pepperId: key.previousPepperId,
  expiresAtMs: Math.min(credential(key).expiresAtMs, key.previousValidUntil?.getTime() ?? Number.NEGATIVE_INFINITY),
});
