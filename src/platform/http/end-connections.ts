import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { responseUnderWay } from './late-requests.js';
import { isAnswering, isIdle } from './plain-connections.js';

/** How often connections are looked at while the server stops. */
const LOOK_EVERY_MS = 50;

/** How long a connection may take, when the server stops, to send the rest of a head. */
const HEAD_MS = 1000;

/** How long the requests under way may take, when the server stops, with everything that their clients have yet to send and to read. */
export const ANSWER_MS = 4000;

/**
 * Has all connections end when the server stops: idle ones at once, those that have sent no whole head a second later, the others after their
 * answer, but all of them in {@link ANSWER_MS}. Clients that send nothing or read nothing would hold the server as long as they like.
 */
export function endConnectionsOnClose(http: FastifyInstance): void {
  const sockets = new Set<Socket>();
  http.server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  http.addHook('preClose', (done) => {
    const startMs = performance.now();
    const timer = setInterval(() => {
      const sinceMs = performance.now() - startMs;
      http.server.closeIdleConnections();
      for (const socket of sockets)
        if (isIdle(socket) || sinceMs > ANSWER_MS || (sinceMs > HEAD_MS && !isUnderWay(socket))) socket.destroy();
    }, LOOK_EVERY_MS);
    http.server.once('close', () => clearInterval(timer));
    done();
  });
}

const isUnderWay = (socket: Socket): boolean => responseUnderWay(socket) !== null || isAnswering(socket);
