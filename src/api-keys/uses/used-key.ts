import type { Scopes } from '../../access/scopes.js';

/** A key as it was found by the credential that was used. The same object may stand for many uses. */
export interface UsedKey {
  readonly id: string;
  /** The public id of the credential. */
  readonly publicId: string;
  /** Whether a rotation has replaced the credential. */
  readonly isPrevious: boolean;
  /** The key's own scopes; `null` for no restriction. */
  readonly ownScopes: Scopes;
}
