/** Options that every method takes, beside those of its own. */
export interface RequestOptions {
  /** Ends the request and the waiting between attempts; the call is rejected with the signal's reason. */
  signal?: AbortSignal;
  /**
   * Milliseconds for each attempt; while lines are sent or received, for each pause between them.
   *
   * @default the client's `timeoutMs`
   */
  timeoutMs?: number;
  /**
   * How often a failed request is sent again.
   *
   * @default the client's `maxRetries`
   */
  maxRetries?: number;
  /** Headers in addition to those that the package sets. */
  requestHeaders?: Record<string, string>;
}

/** Options of a request that is carried out once, however often it is sent. */
export interface IdempotentOptions {
  /**
   * Identifies the request for 24 hours. Set it to repeat a request after your own process has ended; a secret that is shown once is `null` in
   * the repeated answer.
   *
   * @default a random one for each call, the same at each of its attempts
   */
  idempotencyKey?: string;
}

/** Options of a change that is made to one version only. */
export interface VersionedOptions {
  /**
   * The `ETag` of the version to change; `*` for any. Another version is refused with `precondition.failed`.
   *
   * @default the last version that this client has seen, if it has seen one
   */
  ifMatch?: string;
}

/** All options of a call, by their names. */
export type CallOptions = RequestOptions & IdempotentOptions & VersionedOptions;
