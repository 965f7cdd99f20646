import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, MoreThan, type Repository } from 'typeorm';
import type { Caller, KeyCaller } from '../access/caller.js';
import { LEVELS } from '../access/levels.js';
import { grants, type Scopes } from '../access/scopes.js';
import { STATUS } from '../accounts/account.entity.js';
import { AccountsService } from '../accounts/accounts.service.js';
import { Merchant } from '../accounts/merchant.entity.js';
import { ApiKey } from '../api-keys/api-key.entity.js';
import { checkRates } from '../api-keys/merchants/key-settings.js';
import { assertCanGrant, holdEffectivePermissions } from '../api-keys/permissions/effective-permissions.js';
import { assertGiven, readScopesOfMerchant } from '../api-keys/permissions/merchant-scopes.js';
import { earliest } from '../api-keys/previous-credential.js';
import { ApplicationsService } from '../applications/applications.service.js';
import type { Transaction } from '../platform/database/transactions/transaction.js';
import { Transactions } from '../platform/database/transactions/transactions.js';
import { DomainError } from '../platform/events/domain-error.js';
import { NOTHING } from '../platform/events/invalidation.js';
import { Clock, secondsAfter } from '../platform/runtime/clock.js';
import { PortalSession, type PortalLimits } from './portal-session.entity.js';
import {
  KEYS_DEFAULT,
  LIFE_DEFAULT_SECONDS,
  type OpenPortalSessionBody,
  type PortalLimitsBody,
} from './portal-sessions.dto.js';

/** The scope that a key must name to open portal sessions. */
const PORTAL_SCOPE = 'portal';

/** Whether a key may open portal sessions: its scopes name that. Its level is what the route requires. */
export const mayOpenPortals = ({ scopes }: { scopes: Scopes }): boolean =>
  scopes !== null && grants(scopes, PORTAL_SCOPE);

/** What opens a session, and ends it with its own end. */
interface Opener {
  /** `null` means no restriction. */
  scopes: Scopes;
  applicationId: string | null;
  /** `null` means never. */
  expiresAt: Date | null;
}

/** A valid session, with the number of its merchant, and the account that answers for what is done in it. */
interface ValidPortalSession {
  session: PortalSession;
  accountId: number;
  clientId: string;
}

/** Opens, finds and ends portal sessions. */
@Injectable()
export class PortalSessions {
  constructor(
    private readonly accounts: AccountsService,
    private readonly applications: ApplicationsService,
    private readonly clock: Clock,
    @InjectRepository(PortalSession) private readonly sessions: Repository<PortalSession>,
    private readonly transactions: Transactions,
  ) {}

  /**
   * Opens a session for an end user, which gives no more than the caller has.
   *
   * @returns the session, and the code of its link
   * @throws {DomainError} `access.scope_lacking`, `application.not_found`, `access.other_owner`, `request.invalid`, or as `assertCanGrant`
   *   and `assertGiven`
   */
  async open(caller: Caller, body: OpenPortalSessionBody): Promise<{ session: PortalSession; code: string }> {
    const opener = await this.findOpener(caller);
    const scopes = readScopes(body, caller, opener);
    const limits = readLimits(body.limits ?? {});
    const applicationId = body.applicationId ?? opener.applicationId;
    if (applicationId !== null) await this.findOwnApplication(caller, applicationId);
    const code = randomBytes(24).toString('hex');
    const createdAt = this.clock.now();
    const session: PortalSession = {
      id: randomUUID(),
      merchantId: caller.merchantId,
      applicationId,
      externalId: body.externalId,
      allow: body.allow,
      scopes: scopes && [...scopes],
      limits,
      linkHash: hashCode(code),
      accountId: caller.accountId,
      keyId: caller.keyId,
      loginSessionId: caller.keyId === null ? (caller.sessionId ?? null) : null,
      createdAt,
      expiresAt: earliest(secondsAfter(createdAt, body.expiresInSeconds ?? LIFE_DEFAULT_SECONDS), opener.expiresAt),
      endedAt: null,
    };
    await this.transactions.run(async (tx) => {
      assertCanGrant(await holdEffectivePermissions(tx, caller), { scopes: session.scopes });
      assertGiven(await readScopesOfMerchant(tx, caller.merchantId), session.scopes);
      await tx.manager.insert(PortalSession, session);
      await this.publish(tx, 'portal_session.opened', caller, session);
    });
    return { session, code };
  }

  /**
   * Ends a session of the caller's merchant. A session that has ended stays ended.
   *
   * @throws {DomainError} `portal_session.not_found`, `access.scope_lacking`
   */
  async end(caller: Caller, id: string): Promise<void> {
    assertMayOpen(caller);
    const own = { id, merchantId: caller.merchantId };
    const session = await this.sessions.findOneBy(own);
    if (!session) throw new DomainError('portal_session.not_found');
    await this.transactions.run(async (tx) => {
      const { affected } = await tx.manager.update(
        PortalSession,
        { ...own, endedAt: IsNull() },
        { endedAt: this.clock.now(), linkHash: null },
      );
      if (affected === 1) await this.publish(tx, 'portal_session.ended', caller, session);
    });
  }

  /**
   * Uses the link of a session, which works once.
   *
   * @throws {DomainError} `portal_session.link_invalid`
   */
  async useLink(code: string): Promise<PortalSession> {
    const unused = { linkHash: hashCode(code), endedAt: IsNull(), expiresAt: MoreThan(this.clock.now()) };
    const found = await this.sessions.findOneBy(unused);
    const opened = found && (await this.findValid(found.id));
    if (!opened) throw new DomainError('portal_session.link_invalid');
    const { affected } = await this.transactions.run(({ manager }) =>
      manager.update(PortalSession, { ...unused, id: found.id }, { linkHash: null }),
    );
    if (affected !== 1) throw new DomainError('portal_session.link_invalid');
    return opened.session;
  }

  /** Finds a session that has neither ended nor expired, provided that the same is true of the login or the key that has opened it. */
  async findValid(id: string): Promise<ValidPortalSession | null> {
    const { manager } = this.sessions;
    const session = await this.sessions.findOneBy({ id, endedAt: IsNull(), expiresAt: MoreThan(this.clock.now()) });
    if (!session) return null;
    const accountId = await this.findAnswerable(session);
    if (accountId === null) return null;
    const merchant = await manager.findOneBy(Merchant, { id: session.merchantId, status: 'active' });
    return merchant && { session, accountId, clientId: merchant.clientId };
  }

  /** Returns the account that answers for a session; `null` if what has opened it is no longer valid, or may no longer open any. */
  private async findAnswerable({ keyId, loginSessionId, merchantId }: PortalSession): Promise<number | null> {
    if (keyId !== null) return this.findAnswerableOfKey(keyId);
    const found = await this.accounts.findBySession(loginSessionId ?? '');
    if (found?.session.endedAt !== null || found.session.expiresAt <= this.clock.now()) return null;
    const { id, level, merchantId: current, status } = found.account;
    return status === STATUS.active && current === merchantId && level >= LEVELS.writeOwn ? id : null;
  }

  private async findAnswerableOfKey(id: string): Promise<number | null> {
    const key = await this.sessions.manager.findOneBy(ApiKey, { id, isActive: true, deletedAt: IsNull() });
    if (!key || (key.expiresAt !== null && key.expiresAt <= this.clock.now())) return null;
    const isStrongEnough = key.level >= LEVELS.writeOwn && mayOpenPortals(key);
    return isStrongEnough ? (key.responsibleAccountId ?? key.accountId) : null;
  }

  /** @throws {DomainError} `access.scope_lacking`, `credential.invalid` if it has just ended */
  private async findOpener(caller: Caller): Promise<Opener> {
    assertMayOpen(caller);
    if (caller.keyId === null) {
      const found = await this.accounts.findBySession(caller.sessionId ?? '');
      if (!found) throw new DomainError('credential.invalid');
      return { scopes: null, applicationId: null, expiresAt: found.session.expiresAt };
    }
    const key = await this.sessions.manager.findOneBy(ApiKey, { id: caller.keyId, deletedAt: IsNull() });
    if (!key) throw new DomainError('credential.invalid');
    return key;
  }

  private async findOwnApplication(caller: Caller, id: string): Promise<void> {
    const application = await this.applications.find(caller, id, 'write');
    // Operators have access to other merchants' applications, whose keys would not be those of the session's merchant.
    if (application.merchantId !== caller.merchantId) throw new DomainError('access.other_owner');
  }

  private publish(
    tx: Transaction,
    name: 'portal_session.opened' | 'portal_session.ended',
    actor: Caller,
    { id, merchantId, externalId, applicationId, allow, scopes, expiresAt }: PortalSession,
  ): Promise<void> {
    return tx.publish({
      name,
      actor,
      merchantId,
      targetType: 'portal_session',
      targetId: id,
      details: { externalId, applicationId, allow: [...allow], scopes, expiresAt: expiresAt.toISOString() },
      invalidates: NOTHING,
    });
  }
}

const hashCode = (code: string): string => createHash('sha256').update(code).digest('hex');

/** @throws {DomainError} `access.scope_lacking` for a key whose scopes don't name {@link PORTAL_SCOPE} */
function assertMayOpen(caller: Caller): void {
  if (caller.keyId !== null && !mayOpenPortals(caller as KeyCaller)) throw new DomainError('access.scope_lacking');
}

/** @throws {DomainError} `request.invalid` */
function readScopes({ scopes }: OpenPortalSessionBody, { keyId }: Caller, opener: Opener): Scopes {
  if (scopes === undefined && keyId === null) return null;
  const wanted = scopes ?? opener.scopes?.filter((scope) => scope !== PORTAL_SCOPE) ?? null;
  if (wanted?.length === 0)
    throw DomainError.invalid('scopes', 'scopes must be given: the key has no other than portal');
  if (wanted && grants(wanted, PORTAL_SCOPE))
    throw DomainError.invalid('scopes', 'scopes must not contain portal, with which a key opens sessions');
  return wanted;
}

/** @throws {DomainError} `request.invalid` */
function readLimits({ keys = KEYS_DEFAULT, rateLimits = null, quota = null }: PortalLimitsBody): PortalLimits {
  return {
    keys,
    rateLimits: rateLimits && checkRates(rateLimits).map(({ limit, windowSeconds }) => ({ limit, windowSeconds })),
    quota: quota && { limit: quota.limit, period: quota.period },
  };
}
