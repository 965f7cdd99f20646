import { FINDINGS, findingFilter, STATES } from './counted-filters.js';
import type { HygieneView, KeyCountsView } from './hygiene.dto.js';
import type { CountedKeys } from './key-counts.service.js';

export const presentCounts = (merchantId: string, { asOf, counts }: CountedKeys): KeyCountsView => ({
  merchantId,
  asOf: asOf.toISOString(),
  total: counts.total,
  ...(Object.fromEntries(STATES.map((state) => [state, counts[state]])) as Pick<
    KeyCountsView,
    (typeof STATES)[number]
  >),
});

/** @param isNamed whether the merchant is named in the paths of lists, because it isn't the caller's own */
export function presentHygiene(merchantId: string, isNamed: boolean, { asOf, counts }: CountedKeys): HygieneView {
  const findings = FINDINGS.map((kind) => {
    const filter = findingFilter(kind, asOf);
    const query = new URLSearchParams(
      Object.entries(filter).map(([name, value]): [string, string] => [name, String(value)]),
    );
    if (isNamed) query.set('merchantId', merchantId);
    return { kind, count: counts[kind], filter, list: `/api/v1/api-keys?${query.toString()}` };
  });
  return { merchantId, asOf: asOf.toISOString(), active: counts.active, findings };
}
