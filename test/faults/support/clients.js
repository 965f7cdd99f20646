import { setTimeout as sleep } from 'node:timers/promises';
import { Ledger } from './ledger.js';

export const CLIENTS = 30;

/** The pause after a request that was not answered, or with 503. */
const PATIENCE_MS = 50;

/** The pause after an answer: the clients are many, and the machine may be small. */
const PAUSE_MS = 15;

/** How many changes have to be acknowledged before a fault comes, so that it has something to take. */
const CHANGES_BEFORE_FAULT = 60;

/** How long a slow machine may take for them. */
const BEFORE_FAULT_MAX_MS = 30_000;

/** Checks for each change. */
const CHECKS = 2;

const pick = (list) => list[Math.floor(Math.random() * list.length)];
let serial = 0;

/** Clients that issue, change, revoke and check keys, each one request after another, and note what came of it. */
export class Clients {
  #isRunning = true;
  #running;
  #keysPath;

  /** @param merchant whose keys they are */
  constructor(server, merchant, applicationId, ledger) {
    this.server = server;
    this.merchant = merchant;
    this.ledger = ledger;
    this.#keysPath = `/api/v1/applications/${applicationId}/api-keys`;
  }

  start() {
    this.#isRunning = true;
    this.#running = Promise.all(Array.from({ length: CLIENTS }, () => this.#run()));
  }

  async stop() {
    this.#isRunning = false;
    await this.#running;
  }

  /** Resolves when a fault may come: never after the same time, while revocations are under way, and once some changes were acknowledged. */
  async untilTheFault() {
    const enough = this.ledger.acknowledged + CHANGES_BEFORE_FAULT;
    const end = performance.now() + BEFORE_FAULT_MAX_MS;
    await sleep(350 + Math.random() * 800);
    while (this.ledger.acknowledged < enough && performance.now() < end) await sleep(20);
  }

  /** Runs them for as long. */
  async runAWhile() {
    this.start();
    await this.untilTheFault();
    await this.stop();
  }

  async #run() {
    while (this.#isRunning) {
      for (let check = 0; check < CHECKS; check += 1) await this.#check(pick(this.ledger.keys));
      const free = this.ledger.free();
      const key = pick(free);
      const isAnswered =
        key && Math.random() * 100 < free.length
          ? await this.#change(key, pick([this.#describe, this.#disable, this.#rotate, this.#delete]))
          : await this.#create();
      await sleep(isAnswered ? PAUSE_MS : PATIENCE_MS);
    }
  }

  #call(method, path, json) {
    return this.server.call(method, path, { token: this.merchant.token, json });
  }

  async #create() {
    const description = `key ${(serial += 1)}`;
    const answer = await this.#call('POST', this.#keysPath, { description });
    if (!this.ledger.settle('A creation', answer)) return false;
    const { id, fullKey } = answer.body;
    this.ledger.add(id, `${this.#keysPath}/${id}`, fullKey, description);
    return true;
  }

  /** A change of a key, which nobody else changes meanwhile. @param how one of the methods below */
  async #change(key, how) {
    key.isBusy = true;
    key.changes += 1;
    const current = Ledger.current(key);
    const { isValid } = current;
    // Whether it is refused yet isn't promised while the call is under way.
    if (how !== this.#describe) current.isValid = null;
    const isAcknowledged = await how.call(this, key);
    if (!isAcknowledged) key.isUnknown = true;
    else current.isValid = how === this.#describe ? isValid : false;
    key.isBusy = false;
    return isAcknowledged;
  }

  async #describe(key) {
    const description = `key ${(serial += 1)}`;
    const isDone = this.ledger.settle('A change', await this.#call('PATCH', key.path, { description }));
    if (isDone) {
      key.description = description;
      key.actions.push('api_key.updated');
    }
    return isDone;
  }

  async #disable(key) {
    const isDone = this.ledger.settle('A disabling', await this.#call('PATCH', key.path, { isEnabled: false }));
    if (isDone) {
      key.isEnabled = false;
      key.actions.push('api_key.updated');
    }
    return isDone;
  }

  async #rotate(key) {
    const answer = await this.#call('POST', `${key.path}/rotate`, { mode: 'immediately' });
    const isDone = this.ledger.settle('A rotation', answer);
    if (isDone) {
      key.credentials.push({ value: answer.body.fullKey, isValid: true });
      key.actions.push('api_key.rotated');
    }
    return isDone;
  }

  async #delete(key) {
    const isDone = this.ledger.settle('A deletion', await this.#call('DELETE', key.path));
    if (isDone) {
      key.isDeleted = true;
      key.actions.push('api_key.deleted');
    }
    return isDone;
  }

  async #check(key) {
    if (!key) return;
    const credential = pick(key.credentials);
    const { changes } = key;
    const { isValid } = credential;
    const { status } = await this.server.check(credential.value);
    // What changed meanwhile may have been answered either way.
    this.ledger.judge(`key ${key.id}`, status, key.changes === changes ? isValid : null);
    if (status === 0) await sleep(PATIENCE_MS);
  }
}
