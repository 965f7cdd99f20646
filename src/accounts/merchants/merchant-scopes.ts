import type { Scopes } from '../../access/scopes.js';
import { EVERY_SCOPE } from '../../platform/validation/scope.js';
import type { Merchant } from '../merchant.entity.js';

/** Reads the scopes of a merchant as people write them, with `*` for every scope. */
export const readMerchantScopes = (scopes: readonly string[]): Merchant['scopes'] =>
  scopes.includes(EVERY_SCOPE) ? null : [...new Set(scopes)];

/** Writes the scopes of a merchant as {@link readMerchantScopes} reads them. */
export const formatMerchantScopes = (scopes: Scopes): string[] => (scopes === null ? [EVERY_SCOPE] : [...scopes]);
