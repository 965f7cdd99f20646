import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A way to a TCP server that can be cut: what is sent then arrives only once it is joined again, as in a network that lost its packets. */
export class Blackhole {
  #pairs = new Set();
  #server;
  #isCut = false;
  /** How much longer everything takes. */
  delayMs = 0;

  /** @param port a number, or a function that returns that of the next connection */
  constructor(host, port) {
    this.#server = createServer((near) => {
      const far = connect(typeof port === 'function' ? port() : port, host);
      const pair = [near, far];
      this.#pairs.add(pair);
      for (const [from, to] of [pair, pair.toReversed()]) {
        from.setNoDelay(true);
        // As in TCP, nothing overtakes what was sent before it, also when the delay becomes shorter.
        let waiting = 0;
        let order = Promise.resolve();
        from.on('data', (chunk) => {
          const pass = () => to.write(chunk) || from.pause();
          if (this.delayMs === 0 && waiting === 0) return pass();
          waiting += 1;
          const delayed = sleep(this.delayMs);
          order = order
            .then(() => delayed)
            .then(() => {
              waiting -= 1;
              pass();
            });
        });
        to.on('drain', () => this.#isCut || from.resume());
        from.on('error', () => to.destroy());
        from.on('close', () => {
          to.destroy();
          this.#pairs.delete(pair);
        });
        if (this.#isCut) from.pause();
      }
    });
  }

  /** @returns the port to reach it at */
  async listen() {
    await new Promise((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this.#server.address().port;
  }

  cut() {
    this.#isCut = true;
    for (const socket of [...this.#pairs].flat()) socket.pause();
  }

  /** Lets everything through that has waited. */
  join() {
    this.#isCut = false;
    for (const socket of [...this.#pairs].flat()) socket.resume();
  }

  /** Breaks every connection, as a firewall that has forgotten them. */
  reset() {
    for (const socket of [...this.#pairs].flat()) socket.destroy();
  }

  close() {
    this.#server.close();
    this.reset();
  }
}
