import { presentLastSource, presentPreviousKey } from '../../../api-keys/merchants/application-keys.presenter.js';
import type { KeyUseReport, PreviousReport } from '../../usage/key-use-reports.js';
import type { KeyUsesView, PreviousUsesView } from './key-uses.dto.js';

export const presentKeyUses = ({ key, lastSource, scopes, previous }: KeyUseReport): KeyUsesView => ({
  keyId: key.id,
  lastUsedAt: key.lastUsedAt?.toISOString() ?? null,
  lastUsedFrom: lastSource && presentLastSource(lastSource),
  scopes: scopes?.map(({ scope, usedAt }) => ({ scope, lastUsedAt: usedAt?.toISOString() ?? null })) ?? null,
  previousKey: previous && presentPrevious(previous),
});

const presentPrevious = ({ credential, hours, sources }: PreviousReport): PreviousUsesView => ({
  ...presentPreviousKey(credential),
  hours: hours.map(({ hour, count, total }) => ({
    start: hour.toISOString(),
    count,
    total,
    percent: Math.round((count / total) * 100),
  })),
  sources: sources.map(({ lastHour, ...source }) => ({ ...source, lastUsedIn: lastHour.toISOString() })),
});
