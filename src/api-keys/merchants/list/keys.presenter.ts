import type { PartView } from '../../../platform/validation/lists.js';
import { presentPage, type PageView } from '../../../platform/http/paging/page.dto.js';
import { presentApplicationKey } from '../application-keys.presenter.js';
import type { KeyWithStatus } from '../key-status.js';
import type { ExportedKeyView, KeyView } from './keys.dto.js';
import type { Listed } from './keys.service.js';

export function presentList<V>(
  list: Listed,
  present: (key: KeyWithStatus) => V,
): (PageView & { items: V[] }) | PartView<V> {
  if (list.kind === 'page') return presentPage([list.keys, list.count], list, present);
  return { items: list.keys.map(present), limit: list.limit, nextCursor: list.nextCursor };
}

export function presentKey(described: KeyWithStatus): KeyView {
  const { applicationId, surface, environment } = described.key;
  return { ...presentApplicationKey(described), applicationId, surface, environment };
}

/** Presents a key as a line of the export. */
export function presentExportedKey(described: KeyWithStatus): ExportedKeyView {
  const { merchantId, accountId, serviceId, updatedAt } = described.key;
  return { ...presentKey(described), merchantId, accountId, serviceId, updatedAt: updatedAt.toISOString() };
}
