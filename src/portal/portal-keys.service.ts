import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, type Repository } from 'typeorm';
import { ApiKey } from '../api-keys/api-key.entity.js';
import type { IssuedKey } from '../api-keys/issued-key.js';
import type { KeyWithStatus } from '../api-keys/merchants/key-status.js';
import { KeysService } from '../api-keys/merchants/list/keys.service.js';
import { MerchantKeysService, type KeyOwner } from '../api-keys/merchants/merchant-keys.service.js';
import { holdEffectivePermissions } from '../api-keys/permissions/effective-permissions.js';
import type { PreviousCredential } from '../api-keys/previous-credential.js';
import { Application } from '../applications/application.entity.js';
import { Merchant } from '../accounts/merchant.entity.js';
import { lockRow } from '../platform/database/row-locks.js';
import type { Transaction } from '../platform/database/transactions/transaction.js';
import { DomainError } from '../platform/events/domain-error.js';
import type { Listed } from '../platform/http/paging/listed.js';
import type { PageQuery } from '../platform/http/paging/page.dto.js';
import type { PortalCaller } from './portal-caller.js';
import type { CreatePortalKeyBody, RotatePortalKeyBody } from './portal-keys.dto.js';
import { PortalSession, type PortalAction } from './portal-session.entity.js';
import { mayOpenPortals } from './portal-sessions.service.js';

/** Manages the keys of end users, each within what the own session allows. */
@Injectable()
export class PortalKeysService {
  constructor(
    @InjectRepository(Application) private readonly applications: Repository<Application>,
    @InjectRepository(ApiKey) private readonly ownKeys: Repository<ApiKey>,
    private readonly found: KeysService,
    private readonly keys: MerchantKeysService,
  ) {}

  /** @throws {DomainError} `portal_session.action_not_allowed` */
  list(user: PortalCaller, page: PageQuery): Promise<Listed<KeyWithStatus>> {
    assertAllows(user, 'list');
    const { applicationId, externalId } = user.session;
    const application = applicationId === null ? {} : { application: applicationId };
    return this.found.listOfMerchant(user, { ...page, ...application, externalId, sort: '-createdAt' });
  }

  /**
   * Creates a key with the scopes and limits of the session.
   *
   * @throws {DomainError} `portal_session.action_not_allowed`, `portal_session.key_limit_reached`, or as `MerchantKeysService.create`
   */
  async create(user: PortalCaller, body: CreatePortalKeyBody): Promise<IssuedKey> {
    assertAllows(user, 'create');
    const { session } = user;
    const { externalId, limits, scopes } = session;
    const settings = { ...body, externalId, ...limitsOf(session), ...(scopes && { scopes }) };
    return this.keys.create(
      user,
      await this.ownerFor(session),
      settings,
      async (tx, requests) => {
        await lockOwner(tx, session);
        const count = await tx.manager.countBy(ApiKey, { ...keysOf(session), deletedAt: IsNull() });
        if (count + requests.length > limits.keys) throw new DomainError('portal_session.key_limit_reached');
        return holdEffectivePermissions(tx, user);
      },
      `in portal session ${session.id}`,
    );
  }

  /** @throws {DomainError} `portal_session.action_not_allowed`, or as {@link find} and `MerchantKeysService.rotate` */
  async rotate(
    user: PortalCaller,
    id: string,
    body: RotatePortalKeyBody,
  ): Promise<IssuedKey & { previous: PreviousCredential }> {
    assertAllows(user, 'rotate');
    return this.keys.rotate(user, await this.find(user.session, id), body, null);
  }

  /** @throws {DomainError} `portal_session.action_not_allowed`, or as {@link find} and `MerchantKeysService.delete` */
  async revoke(user: PortalCaller, id: string): Promise<void> {
    assertAllows(user, 'revoke');
    await this.keys.delete(user, await this.find(user.session, id), null);
  }

  /**
   * Finds a key of the session to change it. One that opens portal sessions itself is the merchant's own, whoever's external id it has.
   *
   * @throws {DomainError} `api_key.not_found`, `access.level_lacking`
   */
  private async find(session: PortalSession, id: string): Promise<ApiKey> {
    const key = await this.ownKeys.findOneBy({ ...keysOf(session), id, surface: 'merchants', deletedAt: IsNull() });
    if (!key) throw new DomainError('api_key.not_found');
    if (mayOpenPortals(key)) throw new DomainError('access.level_lacking');
    return key;
  }

  private async ownerFor({ applicationId, merchantId }: PortalSession): Promise<KeyOwner> {
    if (applicationId === null) return { id: null, merchantId, environment: 'live' };
    const application = await this.applications.findOneBy({ id: applicationId });
    if (!application) throw new DomainError('application.not_found');
    return application;
  }
}

/** @throws {DomainError} `portal_session.action_not_allowed` */
function assertAllows({ session }: PortalCaller, action: PortalAction): void {
  if (!session.allow.includes(action)) throw new DomainError('portal_session.action_not_allowed');
}

/** The keys that a session is about. */
const keysOf = ({ applicationId, externalId, merchantId }: PortalSession) => ({
  merchantId,
  externalId,
  ...(applicationId !== null && { applicationId }),
});

const limitsOf = ({ limits: { rateLimits, quota } }: PortalSession) => ({
  ...(rateLimits && { rateLimits }),
  ...(quota && { quota }),
});

/** Locks what new keys belong to, so that two sessions at once cannot create more keys than each allows. */
async function lockOwner({ manager }: Transaction, { applicationId, merchantId }: PortalSession): Promise<void> {
  const owner =
    applicationId === null
      ? await lockRow(manager, Merchant, merchantId)
      : await lockRow(manager, Application, applicationId);
  if (!owner) throw new DomainError(applicationId === null ? 'merchant.not_found' : 'application.not_found');
}
