import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Config } from '../../platform/config/config.js';
import { BackgroundTask } from '../../platform/runtime/background-task.js';
import { Transactions } from '../../platform/database/transactions/transactions.js';
import type { WebhookEndpoint } from '../webhook-endpoint.entity.js';
import { DueEndpoints } from './due-endpoints.js';
import { Outbox, type Claimed } from './outbox.js';
import { Outcomes, type Outcome } from './outcomes.js';
import { ConcurrencyLimit } from './concurrency-limit.js';
import { Sender } from './sender.js';

/** The interval at which to look for deliveries of other instances and for retries. */
const LOOK_EVERY_MS = 500;

/** The shortest time between two ticks, in which outcomes are gathered. */
const GATHER_MS = 20;

/** The most endpoints served in one tick. */
const SERVED = 50;

/** The longest time that attempts may continue when the server stops. */
const ENDING_MS = 2000;

/** Sends due deliveries. Every instance runs it: the instance that claims a delivery sends it, and another one does only after the claim expires. */
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
    private readonly config: Config,
    private readonly due: DueEndpoints,
    private readonly outbox: Outbox,
    private readonly outcomes: Outcomes,
    private readonly sender: Sender,
    private readonly transactions: Transactions,
  ) {}

  onApplicationBootstrap(): void {
    if (this.config.sendsMessages()) this.running = this.run();
  }

  /** Waits for running attempts, or aborts them for another instance to repeat. */
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

  /** Wakes the deliverer because deliveries are due, of these endpoints if they are known. */
  wake(endpointIds?: Iterable<string>): Promise<void> {
    this.due.name(endpointIds);
    this.isCalled = true;
    this.call();
    return Promise.resolve();
  }

  /** Runs apart from the requests and transactions that wake it. */
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

  /** Records outcomes, and claims as many deliveries as may be sent, in one transaction. */
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

/** Selects the endpoints that may be sent to, those of the least busy merchants first, so that no merchant's backlog delays another's. */
const leastBusyFirst = (endpoints: WebhookEndpoint[], limit: ConcurrencyLimit): WebhookEndpoint[] =>
  endpoints
    .filter((endpoint) => limit.free(endpoint) > 0)
    .sort((a, b) => limit.inUse(a) - limit.inUse(b))
    .slice(0, SERVED);
