import type { FastifyReply } from 'fastify';
import { RAW_ANSWER_HEADERS } from '../../../platform/http/answer-headers.js';
import { EVENT_STREAM } from '../../../platform/validation/lists.js';
import type { VerifierConnection, VerifierEvent } from '../../verifiers/attachment.js';

/** How much may wait for a client that doesn't read, in bytes. */
const UNREAD_MAX = 262_144;

const HEADERS = [
  ...RAW_ANSWER_HEADERS,
  'Content-Type',
  `${EVENT_STREAM}; charset=utf-8`,
  // Proxies pass each event on at once (nginx).
  'X-Accel-Buffering',
  'no',
];

/** A verifier's connection by server-sent events. The response begins with the first of them; before, an error can still be answered. */
export class EventStream implements VerifierConnection {
  private isClosed = false;

  constructor(private readonly reply: FastifyReply) {}

  get isOpen(): boolean {
    return !this.isClosed && !this.reply.raw.destroyed;
  }

  send({ kind, revision, ...data }: VerifierEvent): void {
    if (this.isClosed) return;
    this.begin();
    const { raw } = this.reply;
    const serverTimeMs = Math.floor(performance.now());
    raw.write(`id: ${revision}\nevent: ${kind}\ndata: ${JSON.stringify({ revision, serverTimeMs, ...data })}\n\n`);
    if (raw.writableLength > UNREAD_MAX) raw.destroy();
  }

  close(): void {
    if (this.isClosed) return;
    this.begin();
    this.isClosed = true;
    this.reply.raw.end();
  }

  private begin(): void {
    if (this.reply.sent) return;
    this.reply.hijack();
    this.reply.raw.writeHead(200, HEADERS);
    // There is nothing to wait for when only the head is asked for.
    if (this.reply.request.method === 'HEAD') this.close();
  }
}
