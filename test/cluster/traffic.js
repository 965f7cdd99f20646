import { setTimeout as sleep } from 'node:timers/promises';
import { History } from './history.js';
import { Merchant } from './merchant.js';

const KEYS = 200;

/** Verifications that each instance has under way at a time, and the pause after each. */
const CALLERS = 4;
const PAUSE_MS = 4;

/** Revoked keys that are still asked for among the good ones. */
const REMEMBERED = 40;

const WAYS = [
  { method: 'DELETE' },
  { method: 'PATCH', json: { isEnabled: false } },
  { method: 'PATCH', json: { expiresAt: '2020-01-01T00:00:00Z' } },
  { method: 'PATCH', json: { allowedIps: ['203.0.113.0/24'] } },
  { method: 'POST', path: '/rotate', json: { mode: 'immediately' } },
];

const pick = (list) => list[Math.floor(Math.random() * list.length)];

/** Constant verification of 200 keys on all instances, while some are revoked and others take their places. */
export class Traffic {
  history = new History();
  good = [];
  revoked = [];
  #cluster;
  /** Those that are asked: all instances, or verifiers. */
  #asked;
  #merchant;
  #applicationId;
  #isRunning = true;
  #callers = [];

  /**
   * @param spare keys that take the places of revoked ones
   * @param findAsked returns those that are asked, if not the instances themselves
   * @param callers that each of them has all the time
   */
  static async start(cluster, spare, { findAsked = () => cluster.instances, callers = CALLERS } = {}) {
    const traffic = new Traffic();
    traffic.#cluster = cluster;
    traffic.#merchant = await Merchant.signUp(cluster, await cluster.admin());
    traffic.#asked = await findAsked(traffic.#merchant);
    traffic.#applicationId = await traffic.#merchant.application();
    await traffic.#add(KEYS + spare);
    // All of them know every key: what follows is about forgetting.
    for (const instance of traffic.#asked)
      await Promise.all(traffic.good.slice(0, KEYS).map((key) => traffic.history.verify(instance, key)));
    for (const instance of traffic.#asked)
      for (let caller = 0; caller < callers; caller += 1) traffic.#callers.push(traffic.#ask(instance));
    return traffic;
  }

  async #add(count) {
    for (let left = count; left > 0; left -= 10) {
      const keys = Array.from({ length: Math.min(10, left) }, () => this.#merchant.fullKey(this.#applicationId));
      this.good.push(...(await Promise.all(keys)));
    }
  }

  /** Revokes this many keys, spread evenly over a time, each by one of the ways and through an instance of the phase's choice. */
  async revoke(count, ms, phase, through = () => this.#cluster.sound()) {
    const begin = performance.now();
    const calls = [];
    for (let number = 0; number < count; number += 1) {
      await sleep(Math.max(0, begin + (number * ms) / count - performance.now()));
      calls.push(this.#revokeOne(phase, through()));
    }
    await Promise.all(calls);
  }

  /** Ends the constant verification; keys can still be revoked. */
  async rest() {
    this.#isRunning = false;
    await Promise.all(this.#callers);
  }

  async stop() {
    await this.rest();
    for (const instance of this.#asked)
      for (const key of [...this.good, ...this.revoked]) await this.history.verify(instance, key);
  }

  async #revokeOne(phase, instance) {
    const [key] = this.good.splice(Math.floor(Math.random() * KEYS), 1);
    const { method, path = '', json } = pick(WAYS);
    await this.history.revoke(key, phase, async () => {
      const { status } = await instance.call(method, key.path + path, { token: this.#merchant.token, json });
      return status;
    });
    this.revoked.push(key);
    // Not waited for: an instance that stands still would hold up what comes next.
    for (const asked of this.#asked) this.#callers.push(this.history.verify(asked, key));
  }

  async #ask(instance) {
    while (this.#isRunning) {
      const key = Math.random() < 0.75 ? pick(this.good.slice(0, KEYS)) : pick(this.revoked.slice(-REMEMBERED));
      if (key) await this.history.verify(instance, key);
      await sleep(PAUSE_MS);
    }
  }
}
