import { asVerifierError, VerifierError } from '../errors.js';
import { VERSION } from '../version.js';

/** A request to the server. */
export interface Request {
  method?: 'GET' | 'POST' | 'DELETE';
  path: string;
  /** JSON that is sent. */
  body?: string;
  headers?: Record<string, string>;
  /** Milliseconds until the answer must have come. */
  timeoutMs: number;
  signal?: AbortSignal;
}

/** Sends requests to the server. */
export class Requests {
  private readonly base: string;

  /**
   * @param key the verifier's own
   * @throws {TypeError} if the URL is none
   */
  constructor(
    url: string,
    private readonly key: string,
    private readonly send: typeof fetch,
  ) {
    const { protocol, href } = new URL(url);
    if (!/^https?:$/.test(protocol)) throw new TypeError(`url must begin with https:// or http://, not ${protocol}`);
    this.base = href.replace(/[?#].*$/, '').replace(/\/+$/, '');
  }

  /**
   * Returns what the answer holds; `undefined` if it is empty.
   *
   * @throws {VerifierError} if the server refuses, fails or does not answer in time
   */
  async json(request: Request): Promise<unknown> {
    const { signal, end } = limitTime(request.timeoutMs, request.signal);
    try {
      const response = await this.open(request, signal);
      const text = await response.text();
      return text === '' ? undefined : (JSON.parse(text) as unknown);
    } catch (error) {
      throw explain(error, request.signal);
    } finally {
      end();
    }
  }

  /**
   * Returns the body of an answer, piece by piece. The time is that until the answer begins.
   *
   * @throws {VerifierError} as {@link json}
   */
  async *stream(request: Request): AsyncGenerator<string> {
    const { signal, end } = limitTime(request.timeoutMs, request.signal);
    try {
      const response = await this.open(request, signal);
      end();
      if (response.body === null) return;
      for await (const piece of response.body.pipeThrough(new TextDecoderStream())) yield piece;
    } catch (error) {
      throw explain(error, request.signal);
    } finally {
      end();
    }
  }

  /** Returns a successful response. */
  private async open({ method = 'GET', path, body, headers }: Request, signal: AbortSignal): Promise<Response> {
    const response = await this.send(`${this.base}${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${this.key}`,
        'User-Agent': `keywright-verifier/${VERSION}`,
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body }),
      // A credential goes to the server that was named, and nowhere else.
      redirect: 'manual',
      signal,
    });
    if (!response.ok) throw await readRefusal(response);
    return response;
  }
}

/** Returns a signal that ends a request after a time, or when another signal does, and what stops waiting for the time. */
function limitTime(timeoutMs: number, outer: AbortSignal | undefined): { signal: AbortSignal; end: () => void } {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(TIMEOUT), timeoutMs);
  const signal = outer === undefined ? controller.signal : AbortSignal.any([controller.signal, outer]);
  return { signal, end: () => clearTimeout(timer) };
}

const TIMEOUT = new VerifierError('The server did not answer in time.', { code: 'client.timeout' });

/** Returns what a failure is called. */
function explain(error: unknown, outer: AbortSignal | undefined): VerifierError {
  if (error instanceof VerifierError) return error;
  if (outer?.aborted === true)
    return new VerifierError('The verifier has ended the request.', { code: 'client.closed', cause: error });
  if (error instanceof SyntaxError) return asVerifierError(error);
  return new VerifierError('The server could not be reached, or the connection broke.', {
    code: 'client.connection_failed',
    cause: error,
  });
}

/** Returns the error that a refusal tells of. The words are the server's, which never repeats a key. */
async function readRefusal(response: Response): Promise<VerifierError> {
  const { status, headers } = response;
  const text = await response.text();
  const retryAfter = Number(headers.get('Retry-After') ?? Number.NaN);
  return new VerifierError(messageIn(text) ?? `The server answered with status ${status}.`, {
    code: headers.get('X-Error-Code') ?? 'client.unexpected_answer',
    status,
    requestId: headers.get('X-Request-Id') ?? undefined,
    retryAfterSeconds: Number.isFinite(retryAfter) ? retryAfter : undefined,
  });
}

function messageIn(text: string): string | undefined {
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    return typeof message === 'string' ? message : undefined;
  } catch {
    return undefined;
  }
}
