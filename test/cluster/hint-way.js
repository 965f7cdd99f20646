import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';

const HOST = '127.0.0.1';

async function listen() {
  const socket = createSocket('udp4');
  socket.bind(0, HOST);
  await once(socket, 'listening');
  return socket;
}

/** The way of hints to one instance, on which they can be lost, held up, repeated or forged. */
export class HintWay {
  /** What has come this way. */
  passed = 0;
  #how = 'sound';
  #socket;
  #port;
  #seen = [];

  static async open() {
    const way = new HintWay();
    const placeholder = await listen();
    way.#port = placeholder.address().port;
    placeholder.close();
    way.#socket = await listen();
    way.#socket.on('message', (datagram) => way.#pass(datagram));
    return way;
  }

  /** What the instance is told of its way. */
  get settings() {
    return { HINT_LISTEN: `${HOST}:${this.#port}`, HINT_ADDRESS: `${HOST}:${this.#socket.address().port}` };
  }

  /** @param how `sound`, `lost`, `late`, `repeated` or `forged` */
  become(how) {
    this.#how = how;
  }

  close() {
    this.#socket.close();
  }

  #pass(datagram) {
    this.passed += 1;
    if (this.#how === 'sound') this.#send(datagram);
    else if (this.#how === 'late') setTimeout(() => this.#send(datagram), 50 + Math.random() * 450).unref();
    else if (this.#how === 'repeated') {
      this.#seen.push(datagram);
      for (const each of [datagram, datagram, ...this.#seen.slice(-50)]) this.#send(each);
    } else if (this.#how === 'forged') {
      const changed = Buffer.from(datagram);
      changed[Math.floor(Math.random() * changed.length)] ^= 1 << Math.floor(Math.random() * 8);
      for (const each of [changed, randomBytes(datagram.length), randomBytes(1400), Buffer.alloc(0)]) this.#send(each);
    }
  }

  #send(datagram) {
    this.#socket.send(datagram, this.#port, HOST);
  }
}
