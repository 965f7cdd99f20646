import type { Caller } from '../../access/caller.js';
import { assertTenantAccess, canAccessOtherTenants, type Action } from '../../access/tenant-access.js';
import type { ApiKey } from '../api-key.entity.js';

/** The keys of a merchant that a caller may read or change. */
export interface TenantScope {
  merchantId: string;
  /** The account whose personal keys are among them; `null` for everybody's. */
  personalOf: number | null;
}

/**
 * The keys of a merchant that a caller may read or change. Personal keys belong to their owners: others' personal keys take the level that
 * other merchants' keys take.
 *
 * @param wanted the merchant; the caller's own when none is named
 * @throws {DomainError} `access.other_owner`
 */
export function resolveTenant(caller: Caller, wanted: string | undefined, action: Action): TenantScope {
  const merchantId = wanted ?? caller.merchantId;
  assertTenantAccess(caller, merchantId, action);
  return { merchantId, personalOf: canAccessOtherTenants(caller, action) ? null : caller.accountId };
}

/** Whether a key is one of these. */
export const isInScope = ({ merchantId, personalOf }: TenantScope, key: ApiKey): boolean =>
  key.merchantId === merchantId && (personalOf === null || key.surface !== 'accounts' || key.accountId === personalOf);
