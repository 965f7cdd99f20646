/** How a part is. */
export class HealthPartView {
  status: 'up' | 'down';

  /**
   * What is wrong, where something is.
   * @example "The database does not answer."
   */
  message?: string;
}

/** The parts that a server needs. */
export class HealthPartsView {
  /** Whether the database answers. */
  database: HealthPartView;

  /** Whether its tables are those of this version. */
  migrations: HealthPartView;

  /** Whether this instance holds a lease, and so may trust its memory. */
  lease: HealthPartView;
}

/** Whether the server may be sent requests. */
export class ReadinessView {
  status: 'ok' | 'error' | 'shutting_down';

  /** Every part. */
  details: HealthPartsView;
}

/** That the process answers. */
export class LivenessView {
  status: 'ok';
}
