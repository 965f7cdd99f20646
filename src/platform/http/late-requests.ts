import type { IncomingMessage, ServerOptions, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** How often connections are looked at. */
const LOOK_EVERY_MS = 500;

/** The code by which Node reports a request that has not arrived in time. */
export const LATE = 'ERR_HTTP_REQUEST_TIMEOUT';

/** Sockets whose body may take as long as bytes arrive. */
const streaming = new WeakSet<Socket>();

/** The limits within which the head, and the whole, of each request must arrive. Node looks at them without a timer per request. */
export const requestLimits = (seconds: number): ServerOptions => ({
  headersTimeout: seconds * 1000 - LOOK_EVERY_MS,
  requestTimeout: seconds * 1000 - LOOK_EVERY_MS,
  connectionsCheckingInterval: LOOK_EVERY_MS,
});

/** What Node's server keeps about a connection; it has no public way to ask. */
interface ServerSocket extends Socket {
  /** The response that the connection waits for. */
  _httpMessage?: ServerResponse | null;
  /** Has the request whose head arrived last. */
  parser?: { incoming: IncomingMessage | null } | null;
}

/** The response that a connection waits for; `null` when none has been asked for, or the last one has been sent. */
export const responseUnderWay = (socket: ServerSocket): ServerResponse | null => socket._httpMessage ?? null;

/** Whether the request whose head arrived last has been answered before all of its body arrived. */
export const isAnsweredEarly = (socket: ServerSocket): boolean =>
  !socket._httpMessage && socket.parser?.incoming?.complete === false;

/** Whether the body of a connection has a limit of its own. */
export const isStreaming = (socket: Socket): boolean => streaming.has(socket);

/**
 * Hook: lets a body that is read line by line take as long as it needs while bytes arrive.
 *
 * @param onLate is called when the client has sent nothing for that many seconds
 */
export function allowStreams(seconds: number, onLate: (socket: Socket) => void) {
  return ({ raw, routeOptions, headers }: FastifyRequest, reply: FastifyReply, done: () => void): void => {
    if (routeOptions.config.takesLines && headers['content-type']?.startsWith('application/x-ndjson'))
      watchIdle(raw, reply.raw, seconds * 1000 - LOOK_EVERY_MS, onLate);
    done();
  };
}

function watchIdle(
  request: IncomingMessage,
  response: ServerResponse,
  limitMs: number,
  onLate: (socket: Socket) => void,
): void {
  const { socket } = request;
  let bytes = socket.bytesRead;
  let lastMs = performance.now();
  streaming.add(socket);
  const timer = setInterval(() => {
    const nowMs = performance.now();
    // While data wait to be read, the server is the slower one. After the answer, nothing more is needed.
    const isMoving = !response.writableEnded && (socket.bytesRead > bytes || request.readableLength > 0);
    if (isMoving) [bytes, lastMs] = [socket.bytesRead, nowMs];
    else if (nowMs - lastMs >= limitMs) {
      stop();
      onLate(socket);
    }
  }, LOOK_EVERY_MS).unref();
  const stop = (): void => {
    clearInterval(timer);
    streaming.delete(socket);
    // The connection may live on, and carry many such requests.
    socket.off('close', stop);
  };
  request.once('end', stop);
  socket.once('close', stop);
}
