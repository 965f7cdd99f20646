import type { InstanceState } from '../../barrier/instances.js';
import type { RevocationBarrier } from '../../barrier/revocation-barrier.js';
import type { InstancesView, InstanceView, RevocationWaitsView } from './instances.dto.js';

export const presentInstances = (
  instances: InstanceState[],
  barrier: Pick<RevocationBarrier, 'waits' | 'waiting'>,
): InstancesView => ({ items: instances.map(presentInstance), revocationWaits: presentWaits(barrier) });

const presentInstance = ({ id, version, isOwn, renewedAt, leaseUntil, ...state }: InstanceState): InstanceView => ({
  id,
  version,
  isSelf: isOwn,
  holdsLease: state.holdsLease,
  leaseRenewedAt: renewedAt.toISOString(),
  leaseUntil: leaseUntil.toISOString(),
  unappliedChanges: state.unapplied,
});

function presentWaits({ waits, waiting }: Pick<RevocationBarrier, 'waits' | 'waiting'>): RevocationWaitsView {
  return {
    count: waits.counts.reduce((sum, count) => sum + count, 0),
    totalMs: toMs(waits.sumSeconds),
    waiting,
    ranges: waits.counts.map((count, index) => ({ upToMs: boundMs(waits.bounds[index]), count })),
  };
}

const toMs = (seconds: number): number => Math.round(seconds * 1000);

const boundMs = (seconds: number | undefined): number | null => (seconds === undefined ? null : toMs(seconds));
