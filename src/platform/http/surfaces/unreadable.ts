import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { DomainError } from '../../events/domain-error.js';
import { ERROR_CODE } from './answers.js';
import { surfaceOf } from './surfaces.js';

interface UnreadableError extends Error {
  code?: string;
  /** What came in, a buffer. */
  rawPacket?: unknown;
}

/** Refuses what is no HTTP and so never becomes a request, in the envelope of its surface as far as its path can be read. */
export function answerUnreadable(unreadable: UnreadableError, socket: Socket): void {
  if (unreadable.code === 'ECONNRESET' || !socket.writable) return;
  const received = Buffer.isBuffer(unreadable.rawPacket) ? unreadable.rawPacket.toString('latin1') : '';
  const [, method, url = '/'] = /^([A-Z]+) (\/\S*)/.exec(received) ?? [];
  const error = new DomainError('request.malformed');
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
