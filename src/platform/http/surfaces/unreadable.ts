import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { DomainError } from '../../events/domain-error.js';
import { isAnsweredEarly, isStreaming, LATE, responseUnderWay } from '../late-requests.js';
import { ERROR_CODE } from './answers.js';
import { surfaceOf } from './surfaces.js';

interface UnreadableError extends Error {
  code?: string;
  /** What came in, a buffer. */
  rawPacket?: unknown;
}

/**
 * Refuses what is no HTTP and so never becomes a request, and a request that does not arrive in time, in the envelope of its surface as far as
 * its path can be read.
 */
export function answerUnreadable(unreadable: UnreadableError, socket: Socket): void {
  if (unreadable.code === 'ECONNRESET' || !socket.writable) return;
  if (unreadable.code === LATE) {
    if (!isStreaming(socket)) answerLate(socket);
    return;
  }
  const received = Buffer.isBuffer(unreadable.rawPacket) ? unreadable.rawPacket.toString('latin1') : '';
  const [, method, url] = /^([A-Z]+) (\/\S*)/.exec(received) ?? [];
  refuse(socket, new DomainError('request.malformed'), method, url);
}

/** Refuses a request that has not arrived in time. Its connection is closed, whether or not it has been answered already. */
export function answerLate(socket: Socket): void {
  const response = responseUnderWay(socket);
  if (response?.headersSent || isAnsweredEarly(socket)) socket.destroy();
  else refuse(socket, new DomainError('request.timeout'), response?.req.method, response?.req.url);
}

function refuse(socket: Socket, error: DomainError, method = 'GET', url = '/'): void {
  const { status } = error;
  const body = JSON.stringify(surfaceOf({ url }).failure({ status, error }));
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `${ERROR_CODE}: ${error.code}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${method === 'HEAD' ? '' : body}`, () => socket.destroy());
}
