/** Aborts a request for which nothing has been heard for too long, or when the caller's signal says so. */
export class IdleTimer {
  /** Whether the time has run out. */
  isOver = false;
  /** What the caller's own values have thrown while they were sent. */
  thrown: { error: unknown } | undefined;
  private readonly controller = new AbortController();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly abort = (): void => this.controller.abort(this.outer?.reason);

  constructor(
    private readonly timeoutMs: number,
    readonly outer: AbortSignal | undefined,
  ) {
    outer?.addEventListener('abort', this.abort);
    if (outer?.aborted === true) this.abort();
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Begins to wait for the server. */
  start(): void {
    this.stop();
    this.timer = setTimeout(() => {
      this.isOver = true;
      this.controller.abort();
    }, this.timeoutMs);
  }

  /** Waits no longer, or for the caller. */
  stop(): void {
    clearTimeout(this.timer);
  }

  /** Lets go of the caller's signal. */
  end(): void {
    this.stop();
    this.outer?.removeEventListener('abort', this.abort);
  }
}
