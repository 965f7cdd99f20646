import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Config } from '../config/config.js';
import type { ErrorCode } from '../events/domain-error.js';
import { ANSWER_HEADERS } from '../http/answer-headers.js';
import { requestLimits } from '../http/late-requests.js';
import { asListenFailure } from '../http/listen-failure.js';
import { ERROR_CODE } from '../http/surfaces/answers.js';
import { MetricsExporter } from '../observability/metrics/metrics.js';
import { showsToken } from './metrics-token.js';

type MetricsAnswer = [status: number, headers: OutgoingHttpHeaders, text?: string];

/** Serves metrics on a port of their own when `METRICS_PORT` is set, so that this port can stay private. */
@Injectable()
export class MetricsListener implements OnApplicationBootstrap, OnApplicationShutdown {
  private server: Server | null = null;

  constructor(
    private readonly config: Config,
    private readonly metrics: MetricsExporter,
  ) {}

  /** The port that it listens on; `null` while it doesn't listen. */
  get port(): number | null {
    return (this.server?.address() as AddressInfo | null | undefined)?.port ?? null;
  }

  async onApplicationBootstrap(): Promise<void> {
    const { METRICS_HOST, METRICS_PORT, REQUEST_TIMEOUT_SECONDS } = this.config;
    if (METRICS_PORT === undefined) return;
    const server = createServer(
      requestLimits(REQUEST_TIMEOUT_SECONDS),
      (request, response) => void this.answer(request, response),
    );
    this.server = server;
    const address = {
      host: METRICS_HOST,
      port: METRICS_PORT,
      hostSetting: 'METRICS_HOST',
      portSetting: 'METRICS_PORT',
    };
    await new Promise<void>((resolve, reject) => {
      server
        .once('error', (error) => reject(asListenFailure(address, error)))
        .listen(METRICS_PORT, METRICS_HOST, resolve);
    });
  }

  /** Closes after the main port, so that the last requests are still counted. */
  async onApplicationShutdown(): Promise<void> {
    const { server } = this;
    if (!server?.listening) return;
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [status, headers, text] = await this.answerTo(request);
    response.writeHead(status, { ...ANSWER_HEADERS, ...headers }).end(text);
  }

  private async answerTo({ method, url, headers }: IncomingMessage): Promise<MetricsAnswer> {
    const { METRICS_TOKEN } = this.config;
    if (url?.split('?', 1)[0] !== '/metrics') return refusal(404, 'route.not_found');
    if (method !== 'GET' && method !== 'HEAD') return refusal(405, 'route.not_found', { Allow: 'GET, HEAD' });
    if (METRICS_TOKEN !== undefined && !showsToken(headers.authorization, METRICS_TOKEN))
      return refusal(401, 'credential.invalid', { 'WWW-Authenticate': 'Bearer realm="keywright"' });
    try {
      return [200, { 'Content-Type': this.metrics.contentType }, await this.metrics.text()];
    } catch {
      return refusal(500, 'internal');
    }
  }
}

const refusal = (status: number, code: ErrorCode, headers: OutgoingHttpHeaders = {}): MetricsAnswer => [
  status,
  { ...headers, [ERROR_CODE]: code },
];
