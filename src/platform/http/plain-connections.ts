import { IncomingMessage, ServerResponse, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { LATE } from './late-requests.js';
import { readPlainRequest, type PlainRequest } from './plain-request.js';

/** How long the rest of a request may take, in milliseconds, and in how many pieces a request may arrive. */
const REST_MS = 200;
const PIECES_MAX = 16;

/** Answers some plain requests. */
export interface PlainRoutes {
  takes(request: Pick<IncomingMessage, 'method' | 'url'>): boolean;
  answerPlain(request: PlainRequest, connection: PlainConnection): void;
}

/** How Node's parser gives a message its headers; there is no public way that combines repeated ones as it does. */
interface OpenMessage extends IncomingMessage {
  _addHeaderLines(rawHeaders: string[], count: number): void;
}

const connections = new WeakMap<Socket, PlainConnection>();

/** Whether a connection is read here, and waits for its next request. */
export const isIdle = (socket: Socket): boolean => connections.get(socket)?.isIdle === true;

/** Whether a connection is read here, and a request of it is under way. */
export const isAnswering = (socket: Socket): boolean => connections.get(socket)?.isAnswering === true;

/**
 * Reads the connections of a server before Node's parser does, as long as each request arrives whole, is plain, and is for one of `routes`. Node's
 * messages and streams together take longer for a request than a verification. With the first other request, a connection is Node's for good.
 */
export function servePlainConnections(server: Server, routes: PlainRoutes): void {
  const [accept] = server.listeners('connection');
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    const handOver = (): void => void accept?.call(server, socket);
    connections.set(socket, new PlainConnection(socket, server, routes, handOver));
  });
}

/** The beginning of a request. */
interface Begun {
  bytes: Buffer;
  pieces: number;
  startMs: number;
}

/** A connection of which every request so far was plain. */
export class PlainConnection {
  private isUnderWay = false;
  private hasAnswered = false;
  /** Whether the client sends nothing more. */
  private hasEnded = false;
  private begun: Begun | null = null;

  constructor(
    private readonly socket: Socket,
    private readonly server: Server,
    private readonly routes: PlainRoutes,
    private readonly handOver: () => void,
  ) {
    socket.on('data', this.read).on('end', this.end).on('error', this.fail).on('timeout', this.expire);
    socket.setTimeout(server.headersTimeout);
  }

  /** Whether a request of the connection is under way. */
  get isAnswering(): boolean {
    return this.isUnderWay;
  }

  get isIdle(): boolean {
    return !this.isAnswering && this.begun === null && this.hasAnswered;
  }

  get remoteAddress(): string | undefined {
    return this.socket.remoteAddress;
  }

  /** How long the connection stays open between two requests, in milliseconds. */
  get keepAliveMs(): number {
    return this.server.keepAliveTimeout;
  }

  /** Sends an answer, head and body. */
  send(text: string, encoding: 'latin1' | 'utf8'): void {
    this.socket.write(text, encoding);
    this.answered(false);
  }

  /** Returns a request and its response as Node's server would have made them. The connection goes on after the response. */
  toNode({ method, url, rawHeaders, body }: PlainRequest): [IncomingMessage, ServerResponse] {
    const { socket } = this;
    const message = new IncomingMessage(socket) as OpenMessage;
    message._addHeaderLines(rawHeaders, rawHeaders.length);
    const version = { httpVersion: '1.1', httpVersionMajor: 1, httpVersionMinor: 1 };
    Object.assign(message, { method, url, complete: true, ...version });
    if (body.length > 0) message.push(body);
    message.push(null);
    const response = new ServerResponse(message);
    response.setHeader('Keep-Alive', `timeout=${Math.floor(this.keepAliveMs / 1000)}`);
    response.assignSocket(socket);
    response.once('finish', () => {
      response.detachSocket(socket);
      message.resume();
      this.answered(response.getHeader('connection') === 'close');
    });
    return [message, response];
  }

  private readonly read = (chunk: Buffer): void => {
    if (this.isAnswering) {
      this.socket.pause();
      this.socket.unshift(chunk);
      return;
    }
    const bytes = this.begun === null ? chunk : Buffer.concat([this.begun.bytes, chunk]);
    const request = readPlainRequest(bytes);
    // A client that reads no answers gets no more of them from here.
    if (request === null || this.socket.writableLength > 0 || !this.routes.takes(request)) this.leave(bytes);
    else if (request.isWhole) this.answer(request);
    else this.wait(bytes);
  };

  /** Waits for the rest of a request. */
  private wait(bytes: Buffer): void {
    const { pieces, startMs } = this.begun ?? { pieces: 0, startMs: performance.now() };
    if (pieces >= PIECES_MAX || performance.now() - startMs > REST_MS) return this.leave(bytes);
    if (this.begun === null) this.socket.setTimeout(REST_MS);
    this.begun = { bytes, pieces: pieces + 1, startMs };
  }

  private answer(request: PlainRequest): void {
    if (this.begun !== null) {
      this.begun = null;
      this.socket.setTimeout(this.keepAliveMs);
    }
    this.isUnderWay = true;
    this.routes.answerPlain(request, this);
  }

  private answered(isLast: boolean): void {
    this.isUnderWay = false;
    if (isLast || this.hasEnded || !this.server.listening) {
      this.socket.destroySoon();
      return;
    }
    if (!this.hasAnswered) {
      this.hasAnswered = true;
      this.socket.setTimeout(this.keepAliveMs);
    }
    if (this.socket.isPaused()) this.socket.resume();
  }

  /** Leaves the connection to Node, with what has been read last. */
  private leave(bytes: Buffer): void {
    const { socket } = this;
    connections.delete(socket);
    socket.off('data', this.read).off('end', this.end).off('error', this.fail).off('timeout', this.expire);
    socket.setTimeout(0);
    socket.pause();
    socket.unshift(bytes);
    this.handOver();
    socket.resume();
  }

  private readonly end = (): void => {
    this.hasEnded = true;
    if (this.begun !== null) this.refuse('HPE_INVALID_EOF_STATE');
    else if (!this.isAnswering) this.socket.end();
    this.begun = null;
  };

  private readonly fail = (): void => {
    this.socket.destroy();
  };

  private readonly expire = (): void => {
    if (this.isAnswering) return;
    if (this.begun !== null) this.leave(this.begun.bytes);
    else if (this.hasAnswered) this.socket.destroy();
    else this.refuse(LATE);
  };

  /** Has a request refused that never became one, as Node's server does it. */
  private refuse(code: string): void {
    const error = Object.assign(new Error('The request is incomplete'), { code, rawPacket: this.begun?.bytes });
    this.server.emit('clientError', error, this.socket);
  }
}
