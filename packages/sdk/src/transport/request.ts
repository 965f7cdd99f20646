import { KeywrightError } from './error.js';
import type { IdleTimer } from './idle-timer.js';
import { toStream, type Lines } from './lines.js';
import type { Operation } from './operation.js';
import type { CallOptions } from './options.js';

/** A call of an operation. */
export interface Call {
  operation: Operation;
  /** The values of the parameters in the path, in their order. */
  places: string[];
  body: unknown;
  options: CallOptions;
}

interface Body {
  headers?: Record<string, string>;
  body?: string | ReadableStream<Uint8Array>;
  duplex?: 'half';
}

type Scalar = string | number | boolean;

const MEDIA_TYPES = {
  json: 'application/json',
  form: 'application/x-www-form-urlencoded',
  lines: 'application/x-ndjson',
};

/**
 * Returns the URL of a call.
 *
 * @throws {TypeError} if a parameter of the path is missing or would name something else
 */
export function urlOf(base: string, { operation, places, options }: Call): string {
  let index = 0;
  const path = operation.path.replace(/\{(\w+)\}/g, (_all, name: string) => {
    const place: unknown = places[index++];
    // URLs resolve segments of dots away, however they are encoded.
    if (typeof place !== 'string' || /^\.{0,2}$/.test(place))
      throw new TypeError(`${name} must be a text other than "", "." and "..".`);
    return encodeURIComponent(place);
  });
  const query = new URLSearchParams();
  const values = options as Record<string, Scalar | Scalar[] | undefined>;
  for (const name of operation.query ?? [])
    for (const value of [values[name]].flat()) if (value !== undefined) query.append(name, String(value));
  const text = query.toString();
  return `${base}${path}${text === '' ? '' : `?${text}`}`;
}

/** Returns the headers that the options of a call stand for. */
export function headersOf({ operation, options }: Call): Record<string, string> {
  const headers: Record<string, string> = { ...options.requestHeaders };
  const values = options as Record<string, string | undefined>;
  for (const [option, header] of Object.entries(operation.headers ?? {})) {
    const value = values[option];
    if (value !== undefined) headers[header] = value;
  }
  return headers;
}

/** Returns the body of a call, with its type and what `fetch` needs for a stream. */
export function bodyOf({ operation, body }: Call, timer: IdleTimer): Body {
  if (operation.body === undefined || body === undefined) return {};
  const headers = { 'Content-Type': MEDIA_TYPES[operation.body] };
  if (operation.body === 'json') return { headers, body: JSON.stringify(body) };
  if (operation.body === 'lines') return { headers, body: toStream(body as Lines<unknown>, timer), duplex: 'half' };
  const fields = Object.entries(body as Record<string, Scalar | undefined>).filter(([, value]) => value !== undefined);
  return { headers, body: new URLSearchParams(fields.map(([name, value]) => [name, String(value)])).toString() };
}

/**
 * Reads what a success holds.
 *
 * @throws {KeywrightError} `client.unexpected_answer` if it is not JSON
 */
export async function readData({ answer }: Operation, response: Response): Promise<unknown> {
  if (answer === 'location') return response.headers.get('Location') ?? '';
  const text = await response.text();
  if (answer === 'none' || text === '') return undefined;
  try {
    const data: unknown = JSON.parse(text);
    return answer === 'data' ? (data as { data: unknown }).data : data;
  } catch (cause) {
    const requestId = response.headers.get('X-Request-Id') ?? undefined;
    const { status } = response;
    const message = 'The answer is not JSON. Is there something else than Keywright at this URL?';
    throw new KeywrightError(message, { code: 'client.unexpected_answer', status, requestId, body: text, cause });
  }
}
