/** The state of a part of the server. */
export class HealthPartView {
  /** Whether the part works. */
  status: 'up' | 'down';

  /**
   * The problem, if the part is down.
   * @example "The database does not answer."
   */
  message?: string;
}

/** The parts that the server needs. */
export class HealthPartsView {
  /** Whether the database answers. */
  database: HealthPartView;

  /** Whether the schema of the database is of this version. */
  migrations: HealthPartView;

  /** Whether this instance holds a lease, so that its key cache is valid. */
  lease: HealthPartView;

  /** Whether revocations can be written to the revocation journal. */
  revocation_journal: HealthPartView;
}

/** Whether the server may be sent requests. */
export class ReadinessView {
  /** `error` when a part is down, `shutting_down` after SIGTERM. */
  status: 'ok' | 'error' | 'shutting_down';

  /** The state of each part. */
  details: HealthPartsView;
}

/** The liveness of the process. */
export class LivenessView {
  /**
   * Always `ok`: the process answers.
   * @example "ok"
   */
  status: 'ok';

  /**
   * The version of the server.
   * @example "0.2.0"
   */
  version: string;
}
