import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { BackgroundTask } from '../../platform/runtime/background-task.js';
import { Transactions } from '../../platform/database/transactions/transactions.js';
import type { WebhookEndpoint } from '../webhook-endpoint.entity.js';
import { DueEndpoints } from './due-endpoints.js';
import { Outbox, type Claimed } from './outbox.js';
import { Outcomes, type Outcome } from './outcomes.js';
import { ConcurrencyLimit } from './concurrency-limit.js';
import { Sender } from './sender.js';

/** How often to look for what others have written, or what is to be tried again. */
const LOOK_EVERY_MS = 500;

/** The least time between two looks, in which what ends is gathered. */
const GATHER_MS = 20;

/** Endpoints that are served at a time. */
const SERVED = 50;

/** How long attempts may go on when the server stops. */
const ENDING_MS = 5000;

/** Sends what is due. Every instance does; who claims a delivery sends it, and others do only when it hasn't said in time what became of it. */
@Injectable()
export class Deliverer implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly ticks = new BackgroundTask(() => this.tick(), 'Webhooks wait for the database');
  private readonly underWay = new Map<Claimed, Promise<void>>();
  private readonly ending = new AbortController();
  private finished: Outcome[] = [];
  private running: Promise<void> | undefined;
  private isStopped = false;
  private isCalled = false;
  private call: () => void = () => undefined;

  constructor(
    private readonly due: DueEndpoints,
    private readonly outbox: Outbox,
    private readonly outcomes: Outcomes,
    private readonly sender: Sender,
    private readonly transactions: Transactions,
  ) {}

  onApplicationBootstrap(): void {
    this.running = this.run();
  }

  /** Has what is under way end, or breaks it off for another instance to send. */
  async onApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    this.call();
    await this.running;
    const timer = setTimeout(() => this.ending.abort(), ENDING_MS);
    await Promise.all(this.underWay.values());
    clearTimeout(timer);
    await this.ticks.attempt(() => this.write([]));
    await this.sender.close();
  }

  /** Says that something has become due, and of which endpoints, if that is known. */
  wake(endpointIds?: Iterable<string>): Promise<void> {
    this.due.name(endpointIds);
    this.isCalled = true;
    this.call();
    return Promise.resolve();
  }

  /** What wakes it is only told: it goes on as itself, and not as a part of whoever's request or transaction that was. */
  private async run(): Promise<void> {
    while (!this.isStopped) {
      this.isCalled = false;
      await this.ticks.run();
      await sleep(GATHER_MS);
      await this.waitForWork();
    }
  }

  private waitForWork(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, LOOK_EVERY_MS);
      this.call = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.isCalled || this.isStopped) this.call();
    });
  }

  private async tick(): Promise<void> {
    const { open, closed } = await this.due.find();
    for (const endpoint of closed) await this.transactions.run((tx) => this.outbox.park(tx, endpoint));
    for (const claimed of await this.write(open)) this.send(claimed);
  }

  /** Writes what has ended, and claims what there is room for, in one transaction. */
  private async write(endpoints: WebhookEndpoint[]): Promise<Claimed[]> {
    const { finished } = this;
    const open = leastBusyFirst(endpoints, this.room());
    if (finished.length === 0 && open.length === 0) return [];
    this.finished = [];
    try {
      return await this.transactions.run(async (tx) => {
        await this.outcomes.record(tx, finished);
        const limit = this.room();
        const claimed: Claimed[] = [];
        for (const endpoint of open) {
          const some = await this.outbox.claim(tx, endpoint, limit.free(endpoint));
          for (const one of some) limit.acquire(one.endpoint);
          claimed.push(...some);
        }
        await this.outbox.hold(tx, claimed.map(({ delivery }) => delivery.id).sort());
        return claimed;
      });
    } catch (error) {
      this.finished.unshift(...finished);
      throw error;
    }
  }

  private room(): ConcurrencyLimit {
    const limit = new ConcurrencyLimit();
    for (const { endpoint } of this.underWay.keys()) limit.acquire(endpoint);
    return limit;
  }

  private send(claimed: Claimed): void {
    const { signal } = this.ending;
    const work = this.sender
      .send(claimed.endpoint, claimed.delivery, signal)
      .then((attempt) => {
        this.finished.push({ ...claimed, attempt: signal.aborted && !attempt.isDelivered ? null : attempt });
      })
      .finally(() => {
        this.underWay.delete(claimed);
        void this.wake([claimed.endpoint.id]);
      });
    this.underWay.set(claimed, work);
  }
}

/** Those that there is room for; first come merchants of which least is under way, so that what one has waiting keeps no other waiting. */
const leastBusyFirst = (endpoints: WebhookEndpoint[], limit: ConcurrencyLimit): WebhookEndpoint[] =>
  endpoints
    .filter((endpoint) => limit.free(endpoint) > 0)
    .sort((a, b) => limit.inUse(a) - limit.inUse(b))
    .slice(0, SERVED);
