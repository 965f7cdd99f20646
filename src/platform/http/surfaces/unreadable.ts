import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { DomainError, type ErrorCode } from '../../events/domain-error.js';
import { isAnsweredEarly, isStreaming, LATE, responseUnderWay } from '../late-requests.js';
import { ANSWER_HEADERS } from '../answer-headers.js';
import { readTarget } from '../request-target.js';
import { ERROR_CODE } from './answers.js';
import { surfaceAt } from './surfaces.js';

/** What Node's parser says of a request that is too large. */
const CODES: Record<string, ErrorCode> = {
  HPE_HEADER_OVERFLOW: 'request.head_too_large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'request.too_large',
};

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
  const [, method, target] = /^([A-Z]+) (\S+)/.exec(received) ?? [];
  refuse(socket, new DomainError(CODES[unreadable.code ?? ''] ?? 'request.malformed'), method, target);
}

/** Refuses a request that has not arrived in time. Its connection is closed, whether or not it has been answered already. */
export function answerLate(socket: Socket): void {
  const response = responseUnderWay(socket);
  if (response?.headersSent || isAnsweredEarly(socket)) socket.destroy();
  else refuse(socket, new DomainError('request.timeout'), response?.req.method, response?.req.url);
}

/** Refuses a request that Node could read but HTTP forbids, and closes its connection. */
export function refuseMalformed({ url }: IncomingMessage, response: ServerResponse): void {
  const { status, headers, body } = writeRefusal(new DomainError('request.malformed'), url);
  response.writeHead(status, headers).end(body);
}

function refuse(socket: Socket, error: DomainError, method = 'GET', target?: string): void {
  const { status, headers, body } = writeRefusal(error, target);
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const lines = [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...head, '', method === 'HEAD' ? '' : body];
  socket.end(lines.join('\r\n'), () => socket.destroy());
}

function writeRefusal(
  error: DomainError,
  target = '/',
): { status: number; headers: Record<string, string>; body: string } {
  const { status } = error;
  const body = JSON.stringify(surfaceAt(readTarget(target).url).failure({ status, error }));
  const headers = {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': String(Buffer.byteLength(body)),
    ...ANSWER_HEADERS,
    [ERROR_CODE]: error.code,
    Connection: 'close',
  };
  return { status, headers, body };
}
