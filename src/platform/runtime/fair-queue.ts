/** A task was refused because too many are waiting, or gave up because it waited too long. */
export class QueueFull extends Error {}

export interface FairQueueLimits {
  /** The most tasks that run at the same time. If there are several, one key never occupies all of them. */
  concurrency: number;
  /** The most tasks of one key that wait. */
  waitingPerKey: number;
  /** The most tasks that wait in all. */
  waiting: number;
  /** The longest time that a task waits, in milliseconds; by default unlimited. */
  waitMs?: number;
}

interface WaitingTask {
  begin: () => void;
  refuse: () => void;
}

/**
 * Runs a bounded number of tasks at a time. Waiting tasks take turns by key, in order of arrival within a key, so that a key with many tasks
 * delays its own. When too many tasks wait in all, the newest of the key with the most waiting tasks is refused.
 */
export class FairQueue {
  /** The number of tasks that run. */
  running = 0;
  private readonly runningByKey = new Map<string, number>();
  /** The waiting tasks by key, in the order of the keys' turns. */
  private readonly waitingByKey = new Map<string, WaitingTask[]>();
  private waiting = 0;
  private readonly perKeyMax: number;

  constructor(private readonly limits: FairQueueLimits) {
    this.perKeyMax = Math.max(1, limits.concurrency - 1);
  }

  /**
   * Runs the task, when it is its turn.
   *
   * @param key whose task it is
   * @throws {QueueFull} if the task was not begun
   */
  async run<T>(key: string, task: () => Promise<T>): Promise<T> {
    if (this.mayRun(key)) this.acquire(key);
    else await this.turn(key);
    try {
      return await task();
    } finally {
      this.release(key);
    }
  }

  private mayRun(key: string): boolean {
    return this.running < this.limits.concurrency && (this.runningByKey.get(key) ?? 0) < this.perKeyMax;
  }

  private acquire(key: string): void {
    this.running += 1;
    this.runningByKey.set(key, (this.runningByKey.get(key) ?? 0) + 1);
  }

  private release(key: string): void {
    const left = (this.runningByKey.get(key) ?? 1) - 1;
    if (left === 0) this.runningByKey.delete(key);
    else this.runningByKey.set(key, left);
    this.running -= 1;
    for (const [next, tasks] of this.waitingByKey) {
      if (!this.mayRun(next)) continue;
      const task = tasks[0];
      if (!task) continue;
      this.remove(next, task);
      // The key's next turn comes after those of all others.
      const rest = this.waitingByKey.get(next);
      if (rest && this.waitingByKey.delete(next)) this.waitingByKey.set(next, rest);
      this.acquire(next);
      task.begin();
      return;
    }
  }

  /** Resolves when the key may run a task, which then counts as running. */
  private turn(key: string): Promise<void> {
    const already = this.waitingByKey.get(key)?.length ?? 0;
    if (already >= this.limits.waitingPerKey) throw new QueueFull();
    if (this.waiting >= this.limits.waiting) this.makeRoom(already);
    return new Promise((resolve, reject) => {
      const { waitMs } = this.limits;
      const task: WaitingTask = {
        begin: () => {
          clearTimeout(timer);
          resolve();
        },
        refuse: () => {
          clearTimeout(timer);
          this.remove(key, task);
          reject(new QueueFull());
        },
      };
      const timer = waitMs === undefined ? undefined : setTimeout(task.refuse, waitMs);
      const tasks = this.waitingByKey.get(key);
      if (tasks) tasks.push(task);
      else this.waitingByKey.set(key, [task]);
      this.waiting += 1;
    });
  }

  private remove(key: string, task: WaitingTask): void {
    const left = (this.waitingByKey.get(key) ?? []).filter((other) => other !== task);
    if (left.length === 0) this.waitingByKey.delete(key);
    else this.waitingByKey.set(key, left);
    this.waiting -= 1;
  }

  /**
   * Refuses the newest task of the key with the most waiting tasks.
   *
   * @throws {QueueFull} if no other key has more waiting tasks than the caller's would have
   */
  private makeRoom(own: number): void {
    let longest: WaitingTask[] = [];
    for (const tasks of this.waitingByKey.values()) if (tasks.length > longest.length) longest = tasks;
    if (longest.length <= own + 1) throw new QueueFull();
    longest.at(-1)?.refuse();
  }
}
