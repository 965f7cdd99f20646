import { fork } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { killAtExit } from '../support/process-end.js';
import { Blackhole } from './blackhole.js';
import { fault } from './cluster.js';

const PROGRAM = fileURLToPath(new URL('./verifier-process.js', import.meta.url));

/** A verifier in a process of its own, and what happens to it. It is asked as an instance is. */
export class Verifier {
  #ownFaults = [];
  #instances;
  #process;
  #way;
  #waiting = new Map();
  #number = 0;

  /**
   * @param key its own key
   * @param instances those that its requests go to, one connection after the other
   * @param broken a module that its process loads, to break something on purpose
   */
  static async start(name, key, instances, broken = '') {
    const verifier = new Verifier();
    verifier.name = name;
    verifier.#instances = instances;
    let connections = 0;
    verifier.#way = new Blackhole('127.0.0.1', () => instances[connections++ % instances.length].port);
    const url = `http://127.0.0.1:${await verifier.#way.listen()}`;
    await verifier.#run([url, key, broken]);
    return verifier;
  }

  /** What has happened to it, and to the instances that it needs. */
  get faults() {
    return [...this.#ownFaults, ...this.#instances.flatMap(({ faults }) => faults)];
  }

  async check(credential) {
    const number = (this.#number += 1);
    return new Promise((resolve) => {
      this.#waiting.set(number, (status) => resolve({ status }));
      this.#process.send({ number, credential });
    });
  }

  async pause(ms) {
    await fault({ faults: this.#ownFaults }, 'paused', async () => {
      this.#process.kill('SIGSTOP');
      await sleep(ms);
      this.#process.kill('SIGCONT');
    });
  }

  async cutOff(ms, how = 'join') {
    await fault({ faults: this.#ownFaults }, 'cut off', async () => {
      this.#way.cut();
      await sleep(ms);
      if (how === 'reset') this.#way.reset();
      this.#way.join();
    });
  }

  /** Has everything that it sends and is sent take longer. */
  async slowDown(delayMs, ms) {
    await fault({ faults: this.#ownFaults }, 'slow', async () => {
      this.#way.delayMs = delayMs;
      await sleep(ms);
      this.#way.delayMs = 0;
    });
  }

  /** Puts its wall clock forward or back. */
  jump(jumpMs) {
    this.#process.send({ jumpMs });
  }

  stop() {
    this.#process.kill('SIGKILL');
    this.#way.close();
    for (const answer of this.#waiting.values()) answer(0);
  }

  #run(args) {
    this.#process = fork(PROGRAM, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    killAtExit(this.#process);
    return new Promise((resolve, reject) => {
      this.#process.once('exit', () => reject(new Error(`${this.name} did not start.`)));
      this.#process.on('message', ({ isReady, number, status }) => {
        if (isReady) return resolve();
        this.#waiting.get(number)(status);
        this.#waiting.delete(number);
      });
    });
  }
}
