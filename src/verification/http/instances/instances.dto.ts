/** A process of the server. */
export class InstanceView {
  /**
   * The id of the instance, which is new at every start.
   * @example "8f4f3a1e-6f0b-4b0e-9a3f-0c1d5b7e9a21"
   */
  id: string;

  /**
   * The version that it runs; `null` for a version before 0.2.0.
   * @example "0.2.0"
   */
  version: string | null;

  /** Whether it is the instance that sent this response. */
  isSelf: boolean;

  /** Whether it holds a lease. Without one it reads the database for each key, and no revocation waits for it: it hangs, is cut off, or has been killed. */
  holdsLease: boolean;

  /**
   * When its lease was last renewed, by the database's clock. That happens about every second.
   * @example "2026-11-21T13:30:00.000Z"
   */
  leaseRenewedAt: string;

  /**
   * Until when its lease is valid, by the database's clock.
   * @example "2026-11-21T13:30:03.000Z"
   */
  leaseUntil: string;

  /**
   * The number of changes of keys that it has not applied to its key cache yet. Above 0 for more than a moment, it delays revocations.
   * @example 0
   */
  unappliedChanges: number;
}

/** The number of waits within a range of durations. */
export class WaitRangeView {
  /**
   * The upper bound of the range, in milliseconds; the lower one is the bound of the range before. `null` for the last range, which has none.
   * @example 25
   */
  upToMs: number | null;

  /**
   * The number of waits.
   * @example 12
   */
  count: number;
}

/** How long requests that revoke or restrict keys waited until every instance had applied that. */
export class RevocationWaitsView {
  /**
   * The number of waits since the start of the instance that sent this response.
   * @example 12
   */
  count: number;

  /**
   * The sum of the waits, in milliseconds.
   * @example 168
   */
  totalMs: number;

  /**
   * The number of changes that wait at the moment.
   * @example 0
   */
  waiting: number;

  /** The waits by their durations, the shortest first. */
  ranges: WaitRangeView[];
}

/** The instances that share the database. */
export class InstancesView {
  /** The instances, those with the latest leases first. */
  items: InstanceView[];

  /** The waits of the instance that sent this response. */
  revocationWaits: RevocationWaitsView;
}
