import { DAY_MS } from '../../../platform/runtime/clock.js';
import type { KeyFilter } from '../list/key-filter.dto.js';

/** After so many days without a use, a key is idle. */
const IDLE_DAYS = 90;

/** The states that keys are counted by, as the filter of lists names them. */
export const STATES = ['active', 'disabled', 'expired', 'expiring', 'unused', 'rotating'] as const;

export type State = (typeof STATES)[number];

/** What is found about keys that need attention, the most urgent first. */
export const FINDINGS = [
  'exposed',
  'plainHttp',
  'ownerGone',
  'expiring',
  'neverExpires',
  'overScoped',
  'idle',
  'neverUsed',
] as const;

export type Finding = (typeof FINDINGS)[number];

/** Returns the filter that lists exactly the keys of a finding, as of a time. */
export function findingFilter(finding: Finding, asOf: Date): KeyFilter {
  switch (finding) {
    case 'exposed':
      return { status: 'active', exposed: true };
    case 'plainHttp':
      return { status: 'active', exposedSource: 'http' };
    case 'ownerGone':
      return { status: 'active', ownerGone: true };
    case 'expiring':
      return { status: 'expiring' };
    case 'neverExpires':
      return { status: 'active', neverExpires: true };
    case 'overScoped':
      return { status: 'active', overScoped: true };
    case 'idle':
      return { status: 'active', lastUsedBefore: new Date(asOf.getTime() - IDLE_DAYS * DAY_MS).toISOString() };
    case 'neverUsed':
      return { status: 'active', neverUsed: true };
  }
}

/** Returns the filters that are counted, by name. */
export const countedFilters = (asOf: Date): Record<State | Finding, KeyFilter> => ({
  ...(Object.fromEntries(STATES.map((status) => [status, { status }])) as Record<State, KeyFilter>),
  ...(Object.fromEntries(FINDINGS.map((finding) => [finding, findingFilter(finding, asOf)])) as Record<
    Finding,
    KeyFilter
  >),
});

/** The number of keys for each counted filter, and of all keys. */
export type KeyCounts = Record<State | Finding | 'total', number>;
