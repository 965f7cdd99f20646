import type { ErrorCode } from '../../platform/events/domain-error.js';
import type { ApiKey } from '../api-key.entity.js';
import { covers, type EffectivePermissions } from './effective-permissions.js';

/** The outcome of a change to many keys. Keys that had already been deleted are in neither part. */
export interface KeysChanged {
  changed: ApiKey[];
  /** Why other keys were left as they are, by their ids. */
  refused: Map<string, ErrorCode>;
}

/**
 * Returns the keys that the actor {@link covers}, and adds the others to the refused ones.
 *
 * @param permissions the actor's; `null` covers every key
 */
export function withoutStronger(
  permissions: EffectivePermissions | null,
  keys: ApiKey[],
  { refused }: KeysChanged,
): ApiKey[] {
  return keys.filter((key) => {
    if (permissions === null || covers(permissions, key)) return true;
    refused.set(key.id, 'access.level_lacking');
    return false;
  });
}
