import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { In, IsNull, type FindOptionsWhere } from 'typeorm';
import type { Actor } from '../platform/events/actor.js';
import { changesBetween } from '../platform/events/audited-changes.js';
import { Clock } from '../platform/runtime/clock.js';
import { DomainError } from '../platform/events/domain-error.js';
import { Transactions, type Transaction } from '../platform/database/transactions/transactions.js';
import { insertRows } from '../platform/database/rows.js';
import { ApiKey, type KeyLimits } from './api-key.entity.js';
import { lastFourOf, type Credential } from './credentials/credential.js';
import { keyTarget, lockUndeleted, publishKeyChange } from './usable-keys.js';
import { isRelaxed } from './permissions/limit-comparison.js';
import {
  holdEffectivePermissions,
  assertCanGrant,
  assertCanRestore,
  type EffectivePermissions,
} from './permissions/effective-permissions.js';
import { grantsAll } from './permissions/scopes.js';
import { SecretHasher } from './credentials/secret-hasher.js';

/** What a surface says about a key it makes; the rest is the same for all of them. */
export type KeyDraft = Pick<
  ApiKey,
  'surface' | 'merchantId' | 'accountId' | 'environment' | 'name' | 'level' | 'createdAt'
> &
  Partial<
    Pick<ApiKey, 'id' | 'applicationId' | 'serviceId' | 'encryptedSecret' | 'expiresAt' | 'scopes' | 'metadata'>
  > &
  Partial<KeyLimits>;

/** A key to make, and for whom. */
export interface IssueRequest {
  actor: Actor;
  credential: Credential;
  draft: KeyDraft;
}

/** What can be changed about a key. */
export type KeyChanges = Partial<
  KeyLimits & Pick<ApiKey, 'name' | 'isActive' | 'expiresAt' | 'level' | 'scopes' | 'metadata' | 'responsibleAccountId'>
>;

/** The versions that a key may have for something to be done with it; `null` is any. */
export type Versions = readonly number[] | null;

/** A key without a previous credential. */
export const NO_PREVIOUS = {
  previousPublicId: null,
  previousSecretHash: null,
  previousPepperId: null,
  previousValidUntil: null,
  previousLastUsedAt: null,
  previousEndsOnFirstUse: null,
} satisfies Partial<ApiKey>;

/** A key whose credential nobody has found. */
export const NOT_EXPOSED = { exposedAt: null, exposedSource: null } satisfies Partial<ApiKey>;

/** How keys are made and changed, on every surface alike. */
@Injectable()
export class ApiKeysService {
  constructor(
    private readonly clock: Clock,
    private readonly hasher: SecretHasher,
    private readonly transactions: Transactions,
  ) {}

  /**
   * Stores a new key, together with those that the same giver makes meanwhile; of its secret only the keyed hash. Without scopes of its own it has
   * its maker's.
   *
   * @param locks a name for what `prepare` locks beside the giver: keys with other locks are stored by themselves
   * @param prepare takes the locks, once for all that are stored together, and says what the giver can do
   * @throws {DomainError} as {@link assertCanGrant}, and what `prepare` throws
   */
  issue(
    order: IssueRequest,
    locks: string,
    prepare: (tx: Transaction, orders: IssueRequest[]) => Promise<EffectivePermissions>,
  ): Promise<ApiKey> {
    const { accountId, keyId } = order.actor;
    const kind = `api_key ${accountId} ${keyId} ${locks}`;
    return this.transactions.runBatched(kind, order, async (tx, orders: IssueRequest[]) => {
      const permissions = await prepare(tx, orders);
      const keys = orders.map((one) => this.build(permissions, one));
      await insertRows(tx.manager, ApiKey, keys);
      for (const [index, key] of keys.entries()) await publishCreation(tx, orders[index]?.actor ?? order.actor, key);
      return keys;
    });
  }

  private build(permissions: EffectivePermissions, { credential, draft }: IssueRequest): ApiKey {
    assertCanGrant(permissions, draft);
    return Object.assign(new ApiKey(), {
      id: randomUUID(),
      responsibleAccountId: null,
      applicationId: null,
      serviceId: null,
      encryptedSecret: null,
      importedPrefix: null,
      externalId: null,
      expiresAt: null,
      metadata: null,
      rateLimit: null,
      rateWindowSeconds: null,
      quotaLimit: null,
      quotaPeriod: null,
      allowedIps: null,
      ...draft,
      ...NO_PREVIOUS,
      scopes: draft.scopes === undefined ? permissions.scopes && [...permissions.scopes] : draft.scopes,
      ...this.hasher.hash(credential.secret),
      version: 1,
      publicId: credential.publicId,
      lastFour: lastFourOf(credential),
      ...NOT_EXPOSED,
      isActive: true,
      updatedAt: draft.createdAt,
      lastUsedAt: null,
      deletedAt: null,
    });
  }

  /**
   * Changes a key. A level and scopes that it has already aren't given again, and may be above its changer's; but whoever widens its scopes,
   * enables it, puts off its end or loosens its limits gives them together with its level.
   *
   * @param versions that it may have
   * @throws {DomainError} `api_key.not_found` when somebody has just deleted it, `precondition.failed`, `access.level_lacking` for who may not
   *   give its power back, or as {@link assertCanGrant}
   */
  async change(
    tx: Transaction,
    actor: Actor,
    { id }: ApiKey,
    changes: KeyChanges,
    versions: Versions = null,
  ): Promise<ApiKey> {
    const { level, scopes, ...rest } = changes;
    const permissions = grantsAccess(changes) ? await holdEffectivePermissions(tx, actor) : null;
    const [key] = await lockUndeleted(tx, [id]);
    if (!key) throw new DomainError('api_key.not_found');
    const given = {
      ...(level !== undefined && level !== key.level && { level }),
      ...(scopes !== undefined && !isDeepStrictEqual(scopes, key.scopes) && { scopes }),
    };
    if (permissions) {
      const after = { level: key.level, scopes: key.scopes, ...given };
      const isWidened = given.scopes !== undefined && !grantsAll(key.scopes, given.scopes);
      assertCanGrant(permissions, isWidened ? after : given);
      if (isRestored(key, rest)) assertCanRestore(permissions, after);
    }
    const values = { ...given, ...rest };
    const fields = Object.keys(values) as (keyof KeyChanges)[];
    if (fields.length === 0 && (versions?.includes(key.version) ?? true)) return key;
    const changed = await this.update(tx, id, versions, values);
    await publishKeyChange(tx, actor, changed, fields, changesBetween(key, changed, fields));
    return changed;
  }

  /**
   * Writes new values, and reads the key as it is then, if it is still there and has one of these versions.
   *
   * @throws {DomainError} `api_key.not_found`, `precondition.failed`
   */
  async update(
    { manager }: Transaction,
    id: string,
    versions: Versions,
    values: Partial<Omit<ApiKey, 'id' | 'version' | 'updatedAt'>>,
  ): Promise<ApiKey> {
    const { affected } = await manager.update(ApiKey, undeletedVersion(id, versions), {
      ...values,
      version: () => 'version + 1',
      updatedAt: this.clock.now(),
    });
    const key = await manager.findOneBy(ApiKey, { id, deletedAt: IsNull() });
    if (!key) throw new DomainError('api_key.not_found');
    if (affected !== 1) throw new DomainError('precondition.failed');
    return key;
  }
}

function publishCreation(tx: Transaction, actor: Actor, key: ApiKey): Promise<void> {
  return tx.publish({
    ...keyTarget(key),
    name: 'api_key.created',
    actor,
    details: {
      surface: key.surface,
      name: key.name,
      level: key.level,
      scopes: key.scopes,
      applicationId: key.applicationId,
      serviceId: key.serviceId,
      expiresAt: key.expiresAt?.toISOString() ?? null,
    },
  });
}

/** Changes by which nobody can get more, whoever makes them. */
const PERMISSION_NEUTRAL: ReadonlySet<string> = new Set<keyof KeyChanges>(['name', 'metadata', 'responsibleAccountId']);

/** Whether somebody can get more by changes, so that their author must have it. */
const grantsAccess = ({ isActive, ...others }: KeyChanges): boolean =>
  isActive === true || Object.keys(others).some((field) => !PERMISSION_NEUTRAL.has(field));

/** Whether changes give a key its power back, for longer, or for more. */
function isRestored(key: ApiKey, { isActive, expiresAt, ...others }: KeyChanges): boolean {
  const isEnabled = isActive === true && !key.isActive;
  const isExtended = expiresAt !== undefined && key.expiresAt !== null && (expiresAt ?? Infinity) > key.expiresAt;
  return isEnabled || isExtended || isRelaxed(key, others);
}

/** The key, while it isn't deleted and has one of these versions. */
const undeletedVersion = (id: string, versions: Versions): FindOptionsWhere<ApiKey> => ({
  id,
  deletedAt: IsNull(),
  ...(versions && { version: In([...versions]) }),
});
