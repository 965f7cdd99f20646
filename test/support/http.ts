import { Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http';

export interface RequestOptions {
  /** A login token or anything else that goes after `Bearer`. */
  token?: string;
  /** `key:secret`, for HTTP Basic. */
  basic?: string;
  /** Sent as JSON. */
  json?: unknown;
  /** Sent as a form. */
  form?: Record<string, string> | [string, string][];
  /** Sent as it is. */
  body?: string | Buffer;
  headers?: Record<string, string>;
  /** The loopback address to come from, such as 127.0.0.2. */
  from?: string;
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look into answers of every shape
  body: any;
}

/** One HTTP request, with nothing added to it that isn't asked for. */
export function send(
  agent: Agent,
  base: string,
  method: string,
  path: string,
  options: RequestOptions = {},
): Promise<Answer> {
  const { token, basic, json, form, body = textOf(options), from } = options;
  const headers: Record<string, string> = {
    ...(json !== undefined && { 'content-type': 'application/json' }),
    ...(form !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }),
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(basic !== undefined && { authorization: `Basic ${Buffer.from(basic).toString('base64')}` }),
    ...(body !== undefined &&
      options.headers?.['transfer-encoding'] === undefined && { 'content-length': String(Buffer.byteLength(body)) }),
    ...options.headers,
  };
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(base);
    const request = httpRequest({ agent, hostname, port, method, path, headers, localAddress: from }, (response) => {
      const chunks: Buffer[] = [];
      const answer = (): void => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, body: parse(text) });
      };
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        // A stream of events has no end: its first one answers the question.
        if (!response.headers['content-type']?.startsWith('text/event-stream')) return;
        answer();
        response.destroy();
      });
      response.on('error', reject);
      response.on('end', answer);
    });
    request.setTimeout(40_000, () => request.destroy(new Error(`${method} ${path} hangs`)));
    request.on('error', reject);
    request.end(body);
  });
}

function textOf({ json, form }: RequestOptions): string | undefined {
  if (form !== undefined) return new URLSearchParams(form).toString();
  return json === undefined ? undefined : JSON.stringify(json);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** An answer whose body is kept as bytes. */
export interface Received {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** A GET whose answer is kept as bytes. */
export const receive = (url: string, headers: Record<string, string> = {}): Promise<Received> =>
  new Promise((resolve, reject) => {
    httpRequest(url, { headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) });
      });
    })
      .on('error', reject)
      .end();
  });
