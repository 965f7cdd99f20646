// Stands in front of a server, notes the requests, and disturbs those that a test names.
import { once } from 'node:events';
import { createServer, request as ask } from 'node:http';

/**
 * Faults, one for each request to come:
 * - `refuse`: the connection ends before the server has seen the request
 * - `lose`: the server carries the request out, but its answer is lost
 * - `cut`: the answer ends after its first piece
 * - `stall`: nothing is answered
 * - `{ status, headers, body }`: an answer that the server has not given
 */
export class FaultProxy {
  faults = [];
  requests = [];
  #target;
  #server = createServer((incoming, outgoing) => this.#handle(incoming, outgoing));

  static async before(url) {
    const proxy = new FaultProxy();
    proxy.#target = new URL(url);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get url() {
    return `http://127.0.0.1:${this.#server.address().port}`;
  }

  /** Forgets the requests so far, and disturbs the next ones. */
  disturb(...faults) {
    this.requests = [];
    this.faults = faults;
  }

  async stop() {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #handle(incoming, outgoing) {
    const { method, url, headers } = incoming;
    this.requests.push({ method, path: url, headers, at: performance.now() });
    const fault = this.faults.shift();
    if (fault === 'refuse') incoming.socket.destroy();
    else if (typeof fault === 'object') outgoing.writeHead(fault.status, fault.headers).end(fault.body);
    else if (fault !== 'stall') this.#forward(incoming, outgoing, fault);
  }

  #forward(incoming, outgoing, fault) {
    const { hostname, port } = this.#target;
    const { method, url: path, headers } = incoming;
    const upstream = ask({ hostname, port, method, path, headers }, async (answer) => {
      if (fault === 'lose') {
        await answer.resume().toArray();
        incoming.socket.destroy();
        return;
      }
      outgoing.writeHead(answer.statusCode, answer.headers);
      if (fault !== 'cut') return void answer.pipe(outgoing);
      const [first] = await once(answer, 'data');
      outgoing.write(first.subarray(0, first.length / 2), () => incoming.socket.destroy());
    });
    upstream.on('error', () => outgoing.destroy());
    incoming.pipe(upstream);
  }
}
