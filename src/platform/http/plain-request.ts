import { METHODS, type IncomingHttpHeaders } from 'node:http';

/** The longest request that is read here, in bytes, with its body. */
const REQUEST_MAX = 16 * 1024;

/** `CONNECT` has no path, and makes a tunnel of its connection. */
const METHOD = METHODS.filter((method) => method !== 'CONNECT').join('|');

/** The first line of a plain request, and the whole head, narrower than HTTP's (RFC 9112). No text takes longer to match than it is long. */
const FIRST_LINE = new RegExp(`(${METHOD}) (/[!-~]*) HTTP/1\\.1\\r\\n`, 'y');
const HEADERS = /(?:[\w!#$%&'*+.^`|~-]+:[^\0-\x1f\x7f]*\r\n)+\r\n/y;

const LENGTH = /^\d{1,5}$/;

/** A request as it was sent, on a connection that stays open. */
export interface PlainRequest {
  method: string;
  url: string;
  /** Whether all of it has arrived. As long as it has not, the rest says nothing. */
  isWhole: boolean;
  /** Without prototype, because their names are the client's. */
  headers: IncomingHttpHeaders;
  /** The same as they were sent, names and values in alternation. */
  rawHeaders: string[];
  /** Whether a header was sent twice: `headers` then lacks all but the last. */
  hasRepeated: boolean;
  body: Buffer;
}

/**
 * Reads a request from the bytes of a connection.
 *
 * @returns `null` unless they are the beginning of one plain request, and nothing else. Node's parser decides about everything else, so
 *   whatever two parsers may understand differently must not be read here.
 */
export function readPlainRequest(bytes: Buffer): PlainRequest | null {
  if (bytes.length > REQUEST_MAX) return null;
  const text = bytes.toString('latin1');
  FIRST_LINE.lastIndex = 0;
  const [, method, url] = FIRST_LINE.exec(text) ?? [];
  if (method === undefined || url === undefined) return null;
  const start = FIRST_LINE.lastIndex;
  HEADERS.lastIndex = start;
  if (!HEADERS.test(text)) return text.includes('\r\n\r\n', start - 2) ? null : new Message(method, url, false);
  const end = HEADERS.lastIndex;
  const message = new Message(method, url, true);
  if (!message.addHeaders(text, start, end - 2)) return null;
  return message.addBody(bytes.subarray(end)) ? message : null;
}

const NO_BYTES = Buffer.alloc(0);

class Message implements PlainRequest {
  readonly headers = Object.create(null) as IncomingHttpHeaders;
  readonly rawHeaders: string[] = [];
  hasRepeated = false;
  body: Buffer = NO_BYTES;

  constructor(
    readonly method: string,
    readonly url: string,
    public isWhole: boolean,
  ) {}

  /** Adds the headers of a part of a text. Returns whether they are plain. */
  addHeaders(text: string, start: number, end: number): boolean {
    const { headers, rawHeaders } = this;
    for (let at = start; at < end;) {
      const colon = text.indexOf(':', at);
      const lineEnd = text.indexOf('\r', colon);
      const sent = text.slice(at, colon);
      const value = text.slice(text[colon + 1] === ' ' ? colon + 2 : colon + 1, lineEnd);
      if (value.startsWith(' ') || value.endsWith(' ')) return false;
      const name = sent.toLowerCase();
      if (headers[name] !== undefined) {
        if (FRAMING.has(name)) return false;
        this.hasRepeated = true;
      }
      headers[name] = value;
      rawHeaders.push(sent, value);
      at = lineEnd + 2;
    }
    const { host, connection, expect, 'transfer-encoding': encoding } = headers;
    const staysOpen = connection === undefined || connection.toLowerCase() === 'keep-alive';
    return staysOpen && host !== undefined && expect === undefined && encoding === undefined;
  }

  /** Adds what has arrived of the body. Returns whether it is a body of the request. */
  addBody(bytes: Buffer): boolean {
    const { 'content-length': length } = this.headers;
    if (length !== undefined && !LENGTH.test(length)) return false;
    const missing = (length === undefined ? 0 : Number(length)) - bytes.length;
    this.isWhole = missing === 0;
    this.body = bytes;
    return missing >= 0 && (length === undefined || this.method !== 'GET');
  }
}

/** Headers that say where a message ends, who it is for, or what its connection does next. */
const FRAMING: ReadonlySet<string> = new Set(['content-length', 'host', 'connection', 'transfer-encoding', 'expect']);
