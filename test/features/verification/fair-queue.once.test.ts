/** Guarantees of the queue in which slow work waits: nobody's surplus keeps the work of others waiting, or has it refused. */

import { setImmediate as nextTurn } from 'node:timers/promises';
import { FairQueue, QueueFull, type FairQueueLimits } from '../../../src/platform/runtime/fair-queue.js';

const LIMITS = { concurrency: 1, waitingPerKey: 10, waiting: 20 };

/** A queue, the names of the tasks that it has begun, and of those that it refused. */
function start(limits: FairQueueLimits) {
  const queue = new FairQueue(limits);
  const begun: string[] = [];
  const refused: string[] = [];
  const ends = new Map<string, () => void>();
  const add = (key: string, name: string): void => {
    const task = (): Promise<void> => {
      begun.push(name);
      return new Promise((resolve) => ends.set(name, resolve));
    };
    queue.run(key, task).catch((error: unknown) => {
      expect(error).toBeInstanceOf(QueueFull);
      refused.push(name);
    });
  };
  const end = async (name: string): Promise<void> => {
    ends.get(name)?.();
    await nextTurn();
  };
  /** Ends what runs, one after the other, until nothing is left. */
  const drain = async (): Promise<void> => {
    for (const name of begun) await end(name);
  };
  return { queue, begun, refused, add, end, drain };
}

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

describe('the fair queue', () => {
  it('lets keys take turns, and begins the tasks of one in their order', async () => {
    const { begun, add, drain } = start(LIMITS);
    for (const count of range(4)) add('a', `a${count}`);
    for (const count of range(2)) add('b', `b${count}`);
    add('c', 'c1');
    await drain();
    expect(begun).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'b2', 'a4']);
  });

  it('keeps a slot free for others', async () => {
    const { queue, begun, add, drain } = start({ ...LIMITS, concurrency: 2 });
    for (const count of range(3)) add('a', `a${count}`);
    add('b', 'b1');
    expect(begun).toEqual(['a1', 'b1']);
    await drain();
    expect(begun).toEqual(['a1', 'b1', 'a2', 'a3']);
    expect(queue.running).toBe(0);
  });

  it("refuses a key's surplus, and nothing of others", async () => {
    const { begun, refused, add, drain } = start(LIMITS);
    for (const count of range(13)) add('a', `a${count}`);
    add('b', 'b1');
    await nextTurn();
    expect(refused).toEqual(['a12', 'a13']);
    await drain();
    expect(begun).toContain('b1');
  });

  it('makes room for a newcomer at the expense of whoever has most waiting', async () => {
    const { begun, refused, add, drain } = start({ ...LIMITS, waiting: 10 });
    for (const count of range(11)) add('a', `a${count}`);
    for (const count of range(7)) add('b', `b${count}`);
    await nextTurn();
    expect(refused.sort()).toEqual(['a10', 'a11', 'a7', 'a8', 'a9', 'b6', 'b7']);
    await drain();
    expect(begun).toHaveLength(11);
  });

  it('goes on after a task that failed', async () => {
    const { queue, begun, add, drain } = start(LIMITS);
    const failed = queue.run('a', () => Promise.reject(new Error('failed')));
    add('a', 'a2');
    await expect(failed).rejects.toThrow('failed');
    await drain();
    expect(begun).toEqual(['a2']);
  });

  it('gives up a task that has waited too long', async () => {
    const { begun, refused, add, end } = start({ ...LIMITS, waitMs: 20 });
    for (const count of range(2)) add('a', `a${count}`);
    await new Promise((resolve) => setTimeout(resolve, 40));
    await end('a1');
    expect(begun).toEqual(['a1']);
    expect(refused).toEqual(['a2']);
  });
});
