import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { BackgroundTask } from './background-task.js';

/** A buffer that merges changes in memory and writes them at an interval. Changes that the database doesn't accept stay in the buffer. */
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

  /** Writes everything that is in the buffer. */
  abstract flush(): Promise<void>;

  /** The longest time for which a buffered change may have waited. */
  get lagMs(): number {
    return performance.now() - this.flushedAtMs;
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.flushing.run(), this.everyMs).unref();
  }

  /** Flushes after the last request has been answered, and before the database is closed. What the database does not take is lost. */
  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.flushing.attempt(() => this.drain());
  }

  /** Writes everything that is in the buffer, after what a flush under way has taken from it. */
  async drain(): Promise<void> {
    await this.flushing.settled();
    await this.flush();
  }

  private async flushInTime(): Promise<void> {
    const startedAtMs = performance.now();
    await this.flush();
    this.flushedAtMs = startedAtMs;
  }
}
