import { Logger } from '@nestjs/common';

/** Something that merges in memory what it writes now and then. */
export interface Flushable {
  flush(): Promise<void>;
}

/** Flushes every so often, one time after the other. What the database doesn't take stays where it is until the next time. */
export class FlushTimer {
  private readonly logger = new Logger('Keywright');
  private readonly timer: NodeJS.Timeout;
  private running: Promise<void> | null = null;
  private isFailing = false;
  private flushedAtMs = performance.now();

  constructor(
    private readonly subject: Flushable,
    everyMs: number,
    private readonly what = 'Counts',
  ) {
    this.timer = setInterval(() => this.tick(), everyMs);
    this.timer.unref();
  }

  /** For how long what was merged first of what isn't written yet may have waited. */
  get lagMs(): number {
    return performance.now() - this.flushedAtMs;
  }

  /** Flushes once more, for the last time. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
    await this.subject.flush();
  }

  private tick(): void {
    if (this.running) return;
    const startedAtMs = performance.now();
    this.running = this.subject
      .flush()
      .then(() => {
        this.isFailing = false;
        this.flushedAtMs = startedAtMs;
      })
      .catch((error: unknown) => {
        if (!this.isFailing)
          this.logger.warn(
            `${this.what} wait for the database: ${error instanceof Error ? error.message : String(error)}`,
          );
        this.isFailing = true;
      })
      .then(() => {
        this.running = null;
      });
  }
}
