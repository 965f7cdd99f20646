import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { BackgroundTask } from './background-task.js';

/** Something that merges in memory what it writes every so often. What the database doesn't take stays in memory until the next time. */
export abstract class WriteBehindBuffer implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly flushing: BackgroundTask;
  private timer: NodeJS.Timeout | undefined;
  private flushedAtMs = performance.now();

  protected constructor(
    private readonly everyMs: number,
    what = 'Counts',
  ) {
    this.flushing = new BackgroundTask(() => this.flushInTime(), `${what} wait for the database`);
  }

  /** Writes everything that is in memory. */
  abstract flush(): Promise<void>;

  /** For how long the oldest of what isn't written yet may have waited. */
  get lagMs(): number {
    return performance.now() - this.flushedAtMs;
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.flushing.run(), this.everyMs).unref();
  }

  /** Once the last request is answered, and before the database is closed. */
  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.flushing.settled();
    await this.flush();
  }

  private async flushInTime(): Promise<void> {
    const startedAtMs = performance.now();
    await this.flush();
    this.flushedAtMs = startedAtMs;
  }
}
