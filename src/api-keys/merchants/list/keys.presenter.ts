import { presentApplicationKey } from '../application-keys.presenter.js';
import type { KeyWithStatus } from '../key-status.js';
import type { ExportedKeyView, KeyView } from './keys.dto.js';

export function presentKey(described: KeyWithStatus): KeyView {
  const { applicationId, surface, environment } = described.key;
  return { ...presentApplicationKey(described), applicationId, surface, environment };
}

/** Presents a key as a line of the export. */
export function presentExportedKey(described: KeyWithStatus): ExportedKeyView {
  const { merchantId, accountId, serviceId, updatedAt } = described.key;
  return { ...presentKey(described), merchantId, accountId, serviceId, updatedAt: updatedAt.toISOString() };
}
