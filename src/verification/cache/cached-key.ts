import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { intersectScopes, type Scopes } from '../../access/scopes.js';
import { Account } from '../../accounts/account.entity.js';
import { Merchant } from '../../accounts/merchant.entity.js';
import { ApiKey, type KeySurface } from '../../api-keys/api-key.entity.js';
import { SharedLimit, sharedLimitId } from '../../api-keys/merchants/shared-limits/shared-limit.entity.js';
import { readRateLimits } from '../../api-keys/rate-limits.js';
import { Application } from '../../applications/application.entity.js';
import { placeholders } from '../../platform/database/placeholders.js';
import { PriorityConnections } from '../../platform/database/priority-connections.js';
import { RowMapper } from '../../platform/database/row-mapper.js';
import { AddressList } from '../../platform/validation/address-list.js';
import { type Environment } from '../../applications/application.entity.js';
import { quotasOf, rateLimitsOf, type QuotaLimit, type RateLimit } from './key-limits.js';

/** A key with everything that its verification needs, as read from the database. */
export interface CachedKey {
  readonly id: string;
  /** The public id of the credential by which the key was looked up. */
  readonly publicId: string;
  readonly secretHash: string;
  readonly pepperId: string;
  readonly surface: KeySurface;
  readonly merchantId: string;
  /** The merchant's eight-digit `client_id`. */
  readonly clientId: string;
  /** The integer id of the account that created the key. On the accounts surface, this account is the key's owner. */
  readonly accountNumber: number;
  /** The uuid of the same account. */
  readonly accountId: string | null;
  readonly applicationId: string | null;
  readonly serviceId: string | null;
  readonly environment: Environment;
  readonly name: string;
  /** The merchant's own id for what the key stands for. */
  readonly externalId: string | null;
  /** The id under which limits for all keys with the external id are kept, if there are any. */
  readonly sharedLimitId: string | null;
  /** The merchant's own data about the key, as JSON. */
  readonly metadata: string | null;
  /** The level that the key has now. A personal key's level never exceeds its owner's. */
  readonly level: number;
  /** The scopes that the key has now: its own, as far as its merchant was given them, or else its merchant's; `null` for every scope. */
  readonly scopes: Scopes;
  /** The key's own scopes; `null` for no restriction. */
  readonly ownScopes: Scopes;
  /** When the credential expires, in milliseconds since 1970; infinity if it never does. */
  readonly expiresAtMs: number;
  /** Whether a rotation has replaced the credential. */
  readonly isPrevious: boolean;
  /** Whether the next successful use of the credential ends the one that it replaced. */
  readonly endsPrevious: boolean;
  readonly isActive: boolean;
  readonly isApplicationEnabled: boolean;
  /** Whether the key's merchant and, for a personal key, its owner may use keys. */
  readonly isOwnerActive: boolean;
  readonly allowedIps: AddressList | null;
  /** The rate limits, all of which must admit a request. */
  readonly rates: readonly RateLimit[];
  /** The quotas, all of which must admit a request. */
  readonly quotas: readonly QuotaLimit[];
  /** The ids of the key's sessions that were revoked before they expired. */
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
  'externalId',
  'metadata',
  'expiresAt',
  'isActive',
  'deletedAt',
  'allowedIps',
  'rateLimit',
  'rateWindowSeconds',
  'furtherRateLimits',
  'quotaLimit',
  'quotaPeriod',
  'quotaResetAt',
  'previousPublicId',
  'previousSecretHash',
  'previousPepperId',
  'previousValidUntil',
  'previousEndsOnFirstUse',
] as const satisfies (keyof ApiKey)[];

const SHARED = ['id', 'rateLimits', 'quotaLimit', 'quotaPeriod'] as const satisfies (keyof SharedLimit)[];

type KeyRow = Pick<ApiKey, (typeof KEY)[number]>;

/**
 * Reads keys with everything that their verification needs, in one statement. The statement is written out because TypeORM's query builder
 * takes longer than the database.
 */
@Injectable()
export class CachedKeyReader {
  private readonly key: RowMapper<ApiKey, (typeof KEY)[number]>;
  private readonly merchant: RowMapper<Merchant, 'clientId' | 'status' | 'scopes'>;
  private readonly application: RowMapper<Application, 'isEnabled'>;
  private readonly owner: RowMapper<Account, 'uuid' | 'role' | 'status' | 'consent' | 'deletedAt'>;
  private readonly shared: RowMapper<SharedLimit, (typeof SHARED)[number]>;
  readonly statement: string;
  private readonly select: string;
  private readonly manager: EntityManager;

  constructor({ manager }: PriorityConnections) {
    this.manager = manager;
    this.key = new RowMapper(manager, ApiKey, 'k', KEY);
    this.merchant = new RowMapper(manager, Merchant, 'm', ['clientId', 'status', 'scopes']);
    this.application = new RowMapper(manager, Application, 'a', ['isEnabled']);
    this.shared = new RowMapper(manager, SharedLimit, 'l', SHARED);
    this.owner = new RowMapper(manager, Account, 'o', ['uuid', 'role', 'status', 'consent', 'deletedAt']);
    const all = [this.key, this.merchant, this.application, this.owner, this.shared].map(({ columns }) => columns);
    this.select = `
      SELECT ${all.join(', ')}, s.id AS s_id
      FROM api_key k
      LEFT JOIN merchant m ON m.id = k.merchant_id
      LEFT JOIN application a ON a.id = k.application_id
      LEFT JOIN account o ON o.id = k.account_id
      LEFT JOIN shared_limit l ON l.merchant_id = k.merchant_id AND l.external_id = k.external_id
      LEFT JOIN revoked_session s ON s.key_id = k.id
      WHERE`;
    this.statement = `${this.select} k.public_id = ? OR k.previous_public_id = ?`;
  }

  /**
   * @param publicId the key's public id, current or previous
   * @returns `null` if the key doesn't exist or has been deleted
   */
  async read(publicId: string): Promise<CachedKey | null> {
    return this.build(
      publicId,
      await this.manager.query<Record<string, unknown>[]>(this.statement, [publicId, publicId]),
    );
  }

  /** Reads several keys, in the order of their public ids. */
  async readAll(publicIds: readonly string[]): Promise<(CachedKey | null)[]> {
    const ids = `(${placeholders(publicIds)})`;
    // One SELECT per index, because engines may scan the whole table for longer conditions that are joined by OR.
    const statement = `${this.select} k.public_id IN ${ids} UNION ALL ${this.select} k.previous_public_id IN ${ids}`;
    const rows = await this.manager.query<Record<string, unknown>[]>(statement, [...publicIds, ...publicIds]);
    return publicIds.map((publicId) =>
      this.build(
        publicId,
        rows.filter((row) => row.k_public_id === publicId || row.k_previous_public_id === publicId),
      ),
    );
  }

  /** @param rows one row for each revoked session of the key, or a single row if there are none */
  private build(publicId: string, rows: Record<string, unknown>[]): CachedKey | null {
    const [row] = rows;
    if (!row) return null;
    const merchant = this.merchant.readInto(row, {});
    const owner = this.owner.readInto(row, new Account());
    const revokedSessionIds = rows.flatMap(({ s_id }) => (typeof s_id === 'string' ? [s_id] : []));
    return toCachedKey(publicId, {
      key: this.key.readInto(row, {}),
      clientId: merchant.clientId,
      merchantScopes: merchant.scopes,
      isMerchantActive: merchant.status === 'active',
      isApplicationEnabled: this.application.readInto(row, {}).isEnabled,
      accountId: owner.uuid,
      ownerMaxKeyLevel: owner.maxKeyLevel,
      shared: this.shared.readInto(row, {}),
      revokedSessionIds,
    });
  }
}

/** A key's row, and the facts about its merchant, application and owner that its verification depends on. */
interface KeyFacts {
  key: KeyRow;
  clientId: string;
  merchantScopes: Scopes;
  isMerchantActive: boolean;
  isApplicationEnabled: boolean | null;
  accountId: string | null;
  ownerMaxKeyLevel: number | null;
  /** The limits that the keys with the same external id share; `null` in each place if there are none. */
  shared: { [name in (typeof SHARED)[number]]: SharedLimit[name] | null };
  revokedSessionIds: string[];
}

function toCachedKey(publicId: string, facts: KeyFacts): CachedKey | null {
  const { key, clientId, accountId, revokedSessionIds, shared } = facts;
  const isPrevious = key.publicId !== publicId;
  const { secretHash, pepperId, expiresAtMs } = isPrevious ? previousCredential(key) : currentCredential(key);
  if (secretHash === null || pepperId === null || key.deletedAt !== null) return null;
  const ownerLevel = key.surface === 'accounts' ? facts.ownerMaxKeyLevel : key.level;
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
    externalId: key.externalId,
    sharedLimitId: key.externalId === null ? null : sharedLimitId(key.merchantId, key.externalId),
    metadata: key.metadata && JSON.stringify(key.metadata),
    level: Math.min(key.level, ownerLevel ?? key.level),
    scopes: intersectScopes(key.scopes, facts.merchantScopes),
    ownScopes: key.scopes,
    expiresAtMs,
    isPrevious,
    endsPrevious: !isPrevious && key.previousEndsOnFirstUse === true,
    isActive: key.isActive,
    isApplicationEnabled: key.applicationId === null || facts.isApplicationEnabled === true,
    isOwnerActive: facts.isMerchantActive && ownerLevel !== null,
    allowedIps: key.allowedIps && new AddressList(key.allowedIps),
    rates: [
      ...rateLimitsOf(key.id, 'key', readRateLimits(key)),
      ...(shared.id === null ? [] : rateLimitsOf(shared.id, 'externalId', shared.rateLimits ?? [])),
    ],
    quotas: [
      ...quotasOf(key.id, 'key', key),
      ...(shared.id === null ? [] : quotasOf(shared.id, 'externalId', { ...shared, quotaResetAt: null })),
    ],
    revokedSessions: revokedSessionIds.length > 0 ? new Set(revokedSessionIds) : NONE,
  };
}

const currentCredential = ({ secretHash, pepperId, expiresAt }: KeyRow) => ({
  secretHash,
  pepperId,
  expiresAtMs: expiresAt?.getTime() ?? Number.POSITIVE_INFINITY,
});

const previousCredential = (key: KeyRow): ReturnType<typeof currentCredential> => ({
  secretHash: key.previousSecretHash,
  pepperId: key.previousPepperId,
  expiresAtMs: Math.min(
    currentCredential(key).expiresAtMs,
    key.previousValidUntil?.getTime() ?? Number.NEGATIVE_INFINITY,
  ),
});
