import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, type Repository } from 'typeorm';
import type { Caller } from '../../access/caller.js';
import { assertTenantAccess, type Action } from '../../access/tenant-access.js';
import { Merchant } from '../../accounts/merchant.entity.js';
import { ApiKey } from '../api-key.entity.js';
import { ApiKeysService, type KeyChanges, type KeyDraft, type Versions } from '../api-keys.service.js';
import { QuotaReset } from '../quota-reset.js';
import { KeyRevocation } from '../key-revocation.js';
import { issueFullKey } from '../credentials/credential.js';
import { defaultLevel } from '../permissions/default-level.js';
import { holdEffectivePermissions } from '../permissions/effective-permissions.js';
import { KeyRotation } from '../key-rotation.js';
import type { PreviousCredential } from '../previous-credential.js';
import { Application, type Environment } from '../../applications/application.entity.js';
import { Clock } from '../../platform/runtime/clock.js';
import { DomainError } from '../../platform/events/domain-error.js';
import { Transactions } from '../../platform/database/transactions/transactions.js';
import type {
  CreateApplicationKeyBody,
  CreateMerchantKeyBody,
  UpdateApplicationKeyBody,
} from './application-keys.dto.js';
import type { IssuedKey } from '../issued-key.js';
import { readRotation, readSettings } from './key-settings.js';
import type { RotateKeyBody } from './rotation.dto.js';
import { KeyStatuses, type KeyWithStatus } from './key-status.js';
import { holdRow } from '../../platform/database/row-locks.js';
import { resolveTenant } from './tenant-scope.js';

/** The owner of a new key: an application, or the merchant itself. */
export interface KeyOwner {
  id: string | null;
  merchantId: string;
  environment: Environment;
}

/** Manages single keys of the merchants surface. They belong to a merchant, and possibly to one of its applications. */
@Injectable()
export class MerchantKeysService {
  constructor(
    @InjectRepository(ApiKey) private readonly keys: Repository<ApiKey>,
    private readonly apiKeys: ApiKeysService,
    private readonly revocation: KeyRevocation,
    private readonly clock: Clock,
    private readonly quotaReset: QuotaReset,
    private readonly rotation: KeyRotation,
    private readonly statuses: KeyStatuses,
    private readonly transactions: Transactions,
  ) {}

  /** @throws {DomainError} `application.not_found` if it has just been deleted, `request.invalid`, or as `ApiKeysService.issue` */
  createForApplication(caller: Caller, application: Application, body: CreateApplicationKeyBody): Promise<IssuedKey> {
    return this.create(caller, application, body, async (tx) => {
      if (!(await holdRow(tx.manager, Application, application.id))) throw new DomainError('application.not_found');
      return holdEffectivePermissions(tx, caller);
    });
  }

  /**
   * @param merchantId the merchant, if it is not the caller's
   * @throws {DomainError} `access.other_owner`, `merchant.not_found`, `request.invalid`, or as `ApiKeysService.issue`
   */
  createForMerchant(
    caller: Caller,
    merchantId: string | undefined,
    { environment = 'live', ...body }: CreateMerchantKeyBody,
  ): Promise<IssuedKey> {
    const owner = { id: null, environment, merchantId: resolveTenant(caller, merchantId, 'write').merchantId };
    return this.create(caller, owner, body, async (tx) => {
      const merchantExists =
        owner.merchantId === caller.merchantId || (await tx.manager.existsBy(Merchant, { id: owner.merchantId }));
      if (!merchantExists) throw new DomainError('merchant.not_found');
      return holdEffectivePermissions(tx, caller);
    });
  }

  /**
   * Creates a key for an application or a merchant.
   *
   * @param prepare as of `ApiKeysService.issue`
   * @param locks names the rows that `prepare` locks besides the caller's; by default the owner
   * @throws {DomainError} `request.invalid`, or as `ApiKeysService.issue`
   */
  async create(
    caller: Caller,
    { id: applicationId, merchantId, environment }: KeyOwner,
    { description, level, ...settings }: CreateApplicationKeyBody,
    prepare: Parameters<ApiKeysService['issue']>[2],
    locks = `for ${applicationId ?? merchantId}`,
  ): Promise<IssuedKey> {
    const createdAt = this.clock.now();
    const columns = readSettings(settings, createdAt, 'new');
    const credential = issueFullKey(environment);
    const draft: KeyDraft = {
      surface: 'merchants',
      merchantId,
      accountId: caller.accountId,
      applicationId,
      environment,
      name: description,
      createdAt,
      level: level ?? defaultLevel(caller),
      ...columns,
    };
    const key = await this.apiKeys.issue({ actor: caller, credential, draft }, locks, prepare);
    return { key, credential };
  }

  /**
   * Returns the key with this id, provided that the caller may read or change it.
   *
   * @param application the application that the key must belong to
   * @throws {DomainError} `api_key.not_found`, or `access.other_owner` for another merchant's key
   */
  async find(caller: Caller, id: string, action: Action, application?: Application): Promise<ApiKey> {
    const applicationId = application && { applicationId: application.id };
    const key = await this.keys.findOneBy({ id, surface: 'merchants', deletedAt: IsNull(), ...applicationId });
    if (!key) throw new DomainError('api_key.not_found');
    assertTenantAccess(caller, key.merchantId, action);
    return key;
  }

  describe(key: ApiKey): Promise<KeyWithStatus> {
    return this.statuses.describeOne(key);
  }

  /**
   * @param versions the versions that the key may have
   * @throws {DomainError} `request.invalid`, or as `ApiKeysService.change`
   */
  async update(
    caller: Caller,
    key: ApiKey,
    { description, isEnabled, level, ...settings }: UpdateApplicationKeyBody,
    versions: Versions,
  ): Promise<KeyWithStatus> {
    const changes: KeyChanges = {
      ...(description !== undefined && { name: description }),
      ...(isEnabled !== undefined && { isActive: isEnabled }),
      ...(level !== undefined && { level }),
      ...readSettings(settings, this.clock.now(), 'changed'),
    };
    return this.describe(await this.transactions.run((tx) => this.apiKeys.change(tx, caller, key, changes, versions)));
  }

  /**
   * @param versions the versions that the key may have
   * @throws {DomainError} `api_key.not_found`, `precondition.failed`
   */
  async delete(caller: Caller, key: ApiKey, versions: Versions): Promise<void> {
    const deletedAt = await this.transactions.run((tx) => this.revocation.revoke(tx, caller, key, 'deleted', versions));
    if (!deletedAt) throw new DomainError('api_key.not_found');
  }

  /** @throws {DomainError} as `QuotaReset.reset` */
  async resetQuota(caller: Caller, key: ApiKey, versions: Versions): Promise<KeyWithStatus> {
    return this.describe(await this.transactions.run((tx) => this.quotaReset.reset(tx, caller, key, versions)));
  }

  /**
   * @param versions the versions that the key may have
   * @throws {DomainError} `request.invalid`, or as `KeyRotation.rotate`
   */
  async rotate(
    caller: Caller,
    key: ApiKey,
    body: RotateKeyBody,
    versions: Versions,
  ): Promise<IssuedKey & { previous: PreviousCredential }> {
    const rotation = readRotation(body, this.clock.now());
    const credential = issueFullKey(key.environment);
    const rotated = await this.transactions.run((tx) =>
      this.rotation.rotate(tx, caller, key, credential, rotation, versions),
    );
    return { ...rotated, credential };
  }
}
