import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import type { Agent } from 'undici';
import { Config } from '../../platform/config/config.js';
import { optionalPackage } from '../../platform/runtime/optional-package.js';
import { Clock } from '../../platform/runtime/clock.js';
import type { WebhookDelivery } from '../webhook-delivery.entity.js';
import type { WebhookEndpoint } from '../webhook-endpoint.entity.js';
import { TargetRefused, Targets } from '../targets/targets.js';
import { WebhookSecrets } from './webhook-secrets.js';

const undici = optionalPackage<typeof import('undici')>('undici');

/** The result of an attempt. */
export interface Attempt {
  isDelivered: boolean;
  statusCode: number | null;
  error: string | null;
  /** The beginning of the response's body. */
  answer: string | null;
}

/** The most bytes of a response that are read, and that are kept. */
const READ_BYTES = 4096;
const KEPT_BYTES = 500;

const HEAD_BYTES = 16_384;
const CONNECTIONS_PER_ORIGIN = 32;
const IDLE_MS = 4000;
const ERROR_LENGTH = 250;

/** Makes one attempt to send a delivery: only to allowed addresses, without following redirects, within a timeout. */
@Injectable()
export class Sender {
  /** The connections; `null` until the first attempt. */
  private agent: Agent | null = null;

  constructor(
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly secrets: WebhookSecrets,
    private readonly targets: Targets,
  ) {}

  /** Closes all connections. */
  async close(): Promise<void> {
    await this.agent?.destroy();
  }

  /** @param ending aborts the attempt when the server stops */
  async send(
    endpoint: WebhookEndpoint,
    { id, payload }: Pick<WebhookDelivery, 'id' | 'payload'>,
    ending?: AbortSignal,
  ): Promise<Attempt> {
    const over = AbortSignal.timeout(this.config.WEBHOOK_TIMEOUT_MS);
    const signal = ending ? AbortSignal.any([ending, over]) : over;
    const now = this.clock.now();
    try {
      const { statusCode, body } = await undici().request(this.targets.parse(endpoint.url), {
        dispatcher: (this.agent ??= this.openAgent()),
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'user-agent': 'Keywright',
          'webhook-id': id,
          'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
          'webhook-signature': this.secrets.sign(endpoint, id, now, payload),
        },
        body: payload,
        signal,
      });
      const answer = await beginningOf(body);
      const isRedirect = statusCode >= 300 && statusCode < 400;
      return {
        isDelivered: statusCode >= 200 && statusCode < 300,
        statusCode,
        error: isRedirect ? 'Redirects are not followed' : null,
        answer,
      };
    } catch (error) {
      return { isDelivered: false, statusCode: null, error: this.wordsFor(error, over), answer: null };
    }
  }

  private openAgent(): Agent {
    const timeout = this.config.WEBHOOK_TIMEOUT_MS;
    const { Agent } = undici();
    return new Agent({
      connect: { lookup: this.targets.lookup, timeout },
      connections: CONNECTIONS_PER_ORIGIN,
      keepAliveTimeout: IDLE_MS,
      keepAliveMaxTimeout: IDLE_MS,
      headersTimeout: timeout,
      bodyTimeout: timeout,
      maxHeaderSize: HEAD_BYTES,
    });
  }

  private wordsFor(error: unknown, over: AbortSignal): string {
    if (error instanceof TargetRefused) return `The URL ${error.message}`;
    if (over.aborted) return `No response within ${this.config.WEBHOOK_TIMEOUT_MS} ms`;
    const { message, code } = error as NodeJS.ErrnoException;
    return (message || (code ?? 'The connection failed')).slice(0, ERROR_LENGTH);
  }
}

/** Reads the beginning of a body, and closes the connection when there is more. A body that breaks off has a beginning, too. */
async function beginningOf(body: Readable): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  body.on('error', () => undefined);
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk.subarray(0, READ_BYTES - size));
      size += chunk.length;
      if (size >= READ_BYTES) break;
    }
  } catch {
    // The status decides about the attempt, not the body.
  }
  const text = Buffer.concat(chunks).subarray(0, KEPT_BYTES).toString('utf8');
  return text.replaceAll(/\p{Cc}/gu, ' ') || null;
}
