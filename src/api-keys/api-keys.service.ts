import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { In, IsNull, type FindOptionsWhere } from 'typeorm';
import type { Actor } from '../platform/events/actor.js';
import { changesBetween } from '../platform/events/audited-changes.js';
import { Clock } from '../platform/runtime/clock.js';
import { DomainError } from '../platform/events/domain-error.js';
import { Transactions } from '../platform/database/transactions/transactions.js';
import { insertRows } from '../platform/database/rows.js';
import type { Transaction } from '../platform/database/transactions/transaction.js';
import { ApiKey, type KeyLimits } from './api-key.entity.js';
import { NO_RATE_LIMIT } from './rate-limits.js';
import { lastFourOf, type Credential } from './credentials/credential.js';
import { MerchantKeyLimit } from './merchant-key-limit.js';
import { keyTarget, lockUndeleted, publishKeyChange } from './usable-keys.js';
import { isRelaxed } from './permissions/limit-comparison.js';
import {
  assertCanGrant,
  assertCovers,
  holdEffectivePermissions,
  type EffectivePermissions,
} from './permissions/effective-permissions.js';
import { grantsAll, intersectScopes, type Scopes } from '../access/scopes.js';
import { assertGiven, readScopesOfMerchant } from './permissions/merchant-scopes.js';
import { KeyPolicies } from './policy/key-policies.js';
import { assertAllowed, isExtended, issuedAtOf, resolveExpiry, type KeyPolicy } from './policy/key-policy.js';
import { SecretHasher } from './credentials/secret-hasher.js';
import { NOTHING } from '../platform/events/invalidation.js';

/** The properties of a new key that a surface chooses; the others are the same on every surface. */
export type KeyDraft = Pick<
  ApiKey,
  'surface' | 'merchantId' | 'accountId' | 'environment' | 'name' | 'level' | 'createdAt'
> &
  Partial<
    Pick<
      ApiKey,
      | 'id'
      | 'applicationId'
      | 'serviceId'
      | 'encryptedSecret'
      | 'expiresAt'
      | 'scopes'
      | 'externalId'
      | 'metadata'
      | 'selfRotate'
    >
  > &
  Partial<KeyLimits>;

/** A key to issue, its credential, and the actor that creates it. */
export interface IssueRequest {
  actor: Actor;
  credential: Credential;
  draft: KeyDraft;
}

/** Changes to a key; a missing property stays as it is. */
export type KeyChanges = Partial<
  KeyLimits &
    Pick<
      ApiKey,
      | 'name'
      | 'isActive'
      | 'expiresAt'
      | 'level'
      | 'scopes'
      | 'externalId'
      | 'metadata'
      | 'responsibleAccountId'
      | 'selfRotate'
    >
>;

/** What bounds new keys: the permissions of their creator, the scopes of their merchant, and its policy. */
interface Bounds {
  permissions: EffectivePermissions;
  given: Scopes;
  policy: KeyPolicy;
}

/** The versions of a key that an operation accepts; `null` accepts any. */
export type Versions = readonly number[] | null;

/** The columns of a key without a previous credential. */
export const NO_PREVIOUS = {
  previousPublicId: null,
  previousSecretHash: null,
  previousPepperId: null,
  previousValidUntil: null,
  previousLastUsedAt: null,
  previousEndsOnFirstUse: null,
  previousQuietSeconds: null,
} satisfies Partial<ApiKey>;

/** The columns of a key whose credential has not been found exposed. */
export const NOT_EXPOSED = { exposedAt: null, exposedSource: null } satisfies Partial<ApiKey>;

/** Issues and changes the keys of every surface. */
@Injectable()
export class ApiKeysService {
  constructor(
    private readonly clock: Clock,
    private readonly hasher: SecretHasher,
    private readonly limit: MerchantKeyLimit,
    private readonly policies: KeyPolicies,
    private readonly transactions: Transactions,
  ) {}

  /**
   * Issues a key, and stores only the keyed hash of its secret. Keys that the same actor requests meanwhile are stored in the same
   * transaction. A key whose draft has no scopes gets those of its creator, and one whose draft has no expiry that of the key policy.
   *
   * @param locks names the rows that `prepare` locks besides the actor's; only requests with equal names share a transaction
   * @param prepare takes the locks, once per transaction, and returns the actor's permissions
   * @throws {DomainError} `api_key.limit_reached`, as {@link assertCanGrant}, {@link assertGiven}, `assertAllowed` or `prepare`
   */
  issue(
    request: IssueRequest,
    locks: string,
    prepare: (tx: Transaction, requests: IssueRequest[]) => Promise<EffectivePermissions>,
  ): Promise<ApiKey> {
    const { accountId, keyId } = request.actor;
    const kind = `api_key ${accountId} ${keyId} ${locks}`;
    return this.transactions.runBatched(kind, request, async (tx, requests: IssueRequest[]) => {
      await this.limit.assertWithin(tx, request.draft.merchantId, requests.length);
      // The merchant before its accounts, as every transaction locks them.
      const policy = await this.policies.hold(tx, request.draft.merchantId);
      const permissions = await prepare(tx, requests);
      const isLimited = ({ draft }: IssueRequest): boolean => (draft.scopes ?? permissions.scopes) !== null;
      // Requests that share the locks are for the same merchant.
      const given = requests.some(isLimited) ? await readScopesOfMerchant(tx, request.draft.merchantId) : null;
      const keys = requests.map((each) => this.build({ permissions, given, policy }, each));
      await insertRows(tx.manager, ApiKey, keys);
      for (const [index, key] of keys.entries())
        await publishCreation(tx, requests[index]?.actor ?? request.actor, key);
      return keys;
    });
  }

  private build({ permissions, given, policy }: Bounds, { credential, draft }: IssueRequest): ApiKey {
    assertCanGrant(permissions, draft);
    const expiresAt = resolveExpiry(policy, draft.expiresAt, draft.createdAt);
    assertAllowed(policy, { surface: draft.surface, expiresAt }, draft.createdAt);
    const inherited = permissions.scopes && intersectScopes(permissions.scopes, given);
    const scopes = draft.scopes === undefined ? inherited : draft.scopes;
    assertGiven(given, scopes);
    return Object.assign(new ApiKey(), {
      id: randomUUID(),
      responsibleAccountId: null,
      applicationId: null,
      serviceId: null,
      encryptedSecret: null,
      importedPrefix: null,
      externalId: null,
      metadata: null,
      ...NO_RATE_LIMIT,
      secretIssuedAt: null,
      selfRotate: false,
      quotaLimit: null,
      quotaPeriod: null,
      quotaResetAt: null,
      allowedIps: null,
      ...draft,
      expiresAt,
      ...NO_PREVIOUS,
      scopes: scopes && [...scopes],
      scopesGrantedAt: scopes && draft.createdAt,
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
   * Changes a key. Neither the key nor what it becomes may be stronger than the actor. A key that is extended or enabled must keep to the key
   * policy.
   *
   * @param versions the versions that the key may have
   * @throws {DomainError} `api_key.not_found` if the key has just been deleted, `precondition.failed`, or as
   *   {@link assertCovers}, {@link assertCanGrant}, {@link assertGiven} or `assertAllowed`
   */
  async change(
    tx: Transaction,
    actor: Actor,
    { id, merchantId }: ApiKey,
    changes: KeyChanges,
    versions: Versions = null,
  ): Promise<ApiKey> {
    const { level, scopes, ...rest } = changes;
    // The merchant before its accounts, as every transaction locks them.
    const mayExtend = rest.expiresAt !== undefined || rest.isActive === true;
    const policy = mayExtend ? await this.policies.hold(tx, merchantId) : null;
    const permissions = await holdEffectivePermissions(tx, actor);
    const [key] = await lockUndeleted(tx, [id]);
    if (!key) throw new DomainError('api_key.not_found');
    assertCovers(permissions, key);
    const granted = {
      ...(level !== undefined && level !== key.level && { level }),
      ...(scopes !== undefined && !isDeepStrictEqual(scopes, key.scopes) && { scopes }),
    };
    assertCanGrant(permissions, granted);
    if (granted.scopes) assertGiven(await readScopesOfMerchant(tx, key.merchantId), granted.scopes);
    const expiresAt = rest.expiresAt === undefined ? key.expiresAt : rest.expiresAt;
    if (policy && (isExtended(key.expiresAt, expiresAt) || (rest.isActive === true && !key.isActive)))
      assertAllowed(policy, { ...key, expiresAt }, issuedAtOf(key));
    const values = { ...granted, ...rest };
    const fields = Object.keys(values) as (keyof KeyChanges)[];
    if (fields.length === 0 && (versions?.includes(key.version) ?? true)) return key;
    const changed = await this.update(tx, id, versions, {
      ...values,
      ...(granted.scopes !== undefined && { scopesGrantedAt: this.scopesGrantedAt(key, granted.scopes) }),
    });
    const revokes = isNarrowed(key, changed) || rest.isActive === false ? 'permissions' : 'nothing';
    await publishKeyChange(tx, actor, changed, fields, changesBetween(key, changed, fields), revokes);
    return changed;
  }

  private scopesGrantedAt({ scopes: before, scopesGrantedAt }: ApiKey, scopes: Scopes): Date | null {
    if (scopes === null) return null;
    return scopes.every((scope) => before?.includes(scope)) ? scopesGrantedAt : this.clock.now();
  }

  /**
   * Writes new values and returns the updated key, provided that it is not deleted and has one of the versions.
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
      selfRotate: key.selfRotate,
      applicationId: key.applicationId,
      serviceId: key.serviceId,
      expiresAt: key.expiresAt?.toISOString() ?? null,
    },
    invalidates: NOTHING,
  });
}

/** Whether a changed key may do less than before in any respect. */
function isNarrowed(before: ApiKey, after: ApiKey): boolean {
  const isShortened = after.expiresAt !== null && (before.expiresAt === null || after.expiresAt < before.expiresAt);
  const isLowered = after.level < before.level || !grantsAll(after.scopes, before.scopes);
  return isShortened || isLowered || isRelaxed(after, before) || (before.isActive && !after.isActive);
}

/** Matches the key if it is not deleted and has one of the versions. */
const undeletedVersion = (id: string, versions: Versions): FindOptionsWhere<ApiKey> => ({
  id,
  deletedAt: IsNull(),
  ...(versions && { version: In([...versions]) }),
});
