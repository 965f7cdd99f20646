import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** A receiver of webhooks on loopback, which counts what comes to each path. */
export class Receiver {
  /** How it answers: 204, unless a test says otherwise. */
  answer = (response) => response.writeHead(204).end();
  #paths = new Map();
  #server = createServer((request, response) => {
    let text = '';
    request.on('error', () => undefined);
    request.on('data', (chunk) => (text += chunk));
    request.on('end', () => {
      const { sequence, data } = JSON.parse(text);
      const came = this.#paths.get(request.url) ?? [];
      came.push({ id: request.headers['webhook-id'], sequence, targetId: data.id });
      this.#paths.set(request.url, came);
      this.answer(response, request);
    });
  });

  async listen() {
    await new Promise((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${this.#server.address().port}`;
  }

  /** What has come to a path, in its order. */
  at(path) {
    return this.#paths.get(path) ?? [];
  }

  /** Waits until so many events have come to a path. */
  async distinct(path, count, withinMs) {
    const start = performance.now();
    const ids = () => new Set(this.at(path).map(({ id }) => id)).size;
    while (ids() < count && performance.now() < start + withinMs) await sleep(50);
    return ids();
  }

  close() {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
