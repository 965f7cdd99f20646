import { VERSION } from '../document/version.js';
import type { WithResponse } from './answer.js';
import { authorize, type Credential } from './credentials.js';
import { KeywrightError, readError } from './error.js';
import { IdleTimer } from './idle-timer.js';
import { fromStream } from './lines.js';
import { bodyOf, headersOf, readData, urlOf, type Call } from './request.js';
import { delayBefore, judge, pause } from './retry.js';
import { Versions } from './versions.js';

/** Where the server is, and how requests to it are made. */
export interface TransportOptions {
  /** The server's URL, such as `https://keys.example.com`. */
  url: string;
  /**
   * Milliseconds for each attempt; while lines are sent or received, for each pause between them.
   *
   * @default 30000
   */
  timeoutMs?: number;
  /**
   * How often a failed request is sent again.
   *
   * @default 3
   */
  maxRetries?: number;
  /**
   * The longest `Retry-After` that is waited for, in milliseconds. A call that is asked to wait longer is rejected, with `retryAfterSeconds`.
   *
   * @default 60000
   */
  maxRetryDelayMs?: number;
  /** Headers of every request. */
  headers?: Record<string, string>;
  /**
   * Sends the requests: to go through a proxy, or to record them.
   *
   * @default the platform's
   */
  fetch?: typeof fetch;
}

/** Sends requests, again where that is safe, and reads their answers. */
export class Transport {
  private readonly base: string;
  private readonly credential: Credential;
  private readonly options: TransportOptions;
  private readonly versions = new Versions();

  /** @throws {TypeError} if the URL is none */
  constructor(options: TransportOptions & Credential) {
    const { protocol, href } = new URL(options.url);
    if (!/^https?:$/.test(protocol)) throw new TypeError(`url must begin with https:// or http://, not ${protocol}`);
    this.base = href.replace(/[?#].*$/, '').replace(/\/+$/, '');
    this.credential = options;
    this.options = options;
  }

  async send<T>(call: Call): Promise<WithResponse<T>> {
    const prepared = this.prepare(call);
    const { operation, options } = prepared;
    const { maxRetries = this.options.maxRetries ?? 3, signal } = options;
    const isRepeatable = canBeRepeated(prepared);
    /** The failure of an attempt that may have been carried out. */
    let uncertain: KeywrightError | undefined;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.attempt<T>(prepared);
      } catch (error) {
        if (!(error instanceof KeywrightError)) throw error;
        if (uncertain !== undefined) {
          if (operation.method === 'DELETE' && error.code.endsWith('.not_found')) return nothing<T>();
          // The version may have changed by the attempt before.
          if (error.status === 412) throw uncertain;
        }
        const verdict = judge(error);
        const delayMs = delayBefore(attempt, error);
        const isAllowed = isResendable(prepared) && (verdict === 'may' || (verdict === 'repeatable' && isRepeatable));
        if (!isAllowed || attempt > maxRetries || delayMs > (this.options.maxRetryDelayMs ?? 60_000)) throw error;
        if (verdict === 'repeatable') uncertain = error;
        await pause(delayMs, signal);
      }
    }
  }

  /** Gives a call what is the same at each of its attempts. */
  private prepare(call: Call): Call {
    const operation = (this.credential.key === undefined ? undefined : call.operation.keyed) ?? call.operation;
    const { headers = {}, version } = operation;
    const options = { ...call.options };
    if ('idempotencyKey' in headers) options.idempotencyKey ??= crypto.randomUUID();
    const place = call.places.at(-1);
    if ('ifMatch' in headers && version === 'path' && place !== undefined) {
      const seen = this.versions.get(place);
      if (seen !== undefined) options.ifMatch ??= seen;
    }
    return { ...call, operation, options };
  }

  private async attempt<T>(call: Call): Promise<WithResponse<T>> {
    const { operation, options } = call;
    options.signal?.throwIfAborted();
    const url = urlOf(this.base, call);
    const authorization = await authorize(this.credential, operation);
    const timer = new IdleTimer(options.timeoutMs ?? this.options.timeoutMs ?? 30_000, options.signal);
    let isStreaming = false;
    try {
      timer.start();
      const { headers, ...body } = bodyOf(call, timer);
      const response = await (this.options.fetch ?? fetch)(url, {
        method: operation.method,
        headers: merge(
          { 'User-Agent': `keywright-sdk/${VERSION}`, Accept: 'application/json, application/x-ndjson' },
          this.options.headers,
          headers,
          headersOf(call),
          authorization === undefined ? {} : { Authorization: authorization },
        ),
        ...body,
        // A credential goes to the server that was named, and nowhere else.
        redirect: 'manual',
        signal: timer.signal,
      });
      const isSuccess = response.ok || (operation.answer === 'location' && response.status === 302);
      if (!isSuccess) throw await readError(response);
      const isOfEvents = operation.answer === 'events';
      if ((isOfEvents || operation.answer === 'lines') && response.body !== null) {
        isStreaming = true;
        return { data: this.stream(response.body, timer, isOfEvents) as T, response };
      }
      const data = await readData(operation, response);
      this.remember(call, response, data);
      return { data: data as T, response };
    } catch (error) {
      throw explain(error, timer, options.signal);
    } finally {
      if (!isStreaming) timer.end();
    }
  }

  private async *stream(body: ReadableStream<Uint8Array>, timer: IdleTimer, isOfEvents: boolean): AsyncGenerator {
    try {
      yield* fromStream(body, timer, isOfEvents);
    } catch (error) {
      throw explain(error, timer, timer.outer);
    } finally {
      timer.end();
    }
  }

  private remember({ operation, places }: Call, { headers }: Response, data: unknown): void {
    if (operation.version === undefined) return;
    const id = operation.version === 'path' ? places.at(-1) : idOf(data);
    if (id !== undefined) this.versions.set(id, headers.get('ETag'));
  }
}

/** Later ones take the place of earlier ones, however they are spelled. */
function merge(...all: (Record<string, string> | undefined)[]): Headers {
  const headers = new Headers();
  for (const some of all) for (const [name, value] of Object.entries(some ?? {})) headers.set(name, value);
  return headers;
}

const idOf = (data: unknown): string | undefined => (data as { id?: string } | undefined)?.id;

const nothing = <T>(): WithResponse<T> => ({ data: undefined as T, response: new Response(null, { status: 204 }) });

/** Whether a second attempt changes nothing if the first has been carried out. */
function canBeRepeated({ operation: { method, repeatable }, options }: Call): boolean {
  return method !== 'POST' || repeatable === true || options.idempotencyKey !== undefined;
}

/** Whether there is still a body to send: what can be iterated can often be iterated only once. */
const isResendable = ({ operation, body }: Call): boolean => operation.body !== 'lines' || Array.isArray(body);

/** Returns what a failure is called: the caller's own reason, or an error of this package. */
function explain(error: unknown, { isOver, thrown }: IdleTimer, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted === true) return signal.reason;
  if (thrown !== undefined) return thrown.error;
  if (error instanceof KeywrightError) return error;
  if (isOver) return new KeywrightError('The server did not answer in time.', { code: 'client.timeout', cause: error });
  const message = 'The server could not be reached, or the connection broke.';
  return new KeywrightError(message, { code: 'client.connection_failed', cause: error });
}
