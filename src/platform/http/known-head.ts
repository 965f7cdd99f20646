import { STATUS_CODES, validateHeaderName, validateHeaderValue, type ServerResponse } from 'node:http';

/** What Node's response keeps about itself; it has no public way to be given a head as text. */
interface OpenResponse extends ServerResponse {
  /** The head, which is sent by one write with what is sent first. */
  _header: string | null;
  _keepAliveTimeout: number;
}

/** A header that differs from answer to answer. */
export type Header = readonly [name: string, value: string];

/**
 * The status and headers that many answers have in common, formatted and checked once: Node does both for every header of every answer, which
 * takes longer than a verification.
 */
export class KnownHead {
  private readonly text: string;

  /** @param headers names and values in alternation */
  constructor(
    private readonly status: number,
    private readonly headers: readonly string[],
  ) {
    this.text = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n`;
    for (let at = 0; at < headers.length; at += 2) {
      const [name = '', value = ''] = headers.slice(at, at + 2);
      validateHeaderName(name);
      validateHeaderValue(name, value);
      this.text += `${name}: ${value}\r\n`;
    }
  }

  /**
   * Answers a request.
   *
   * @param header one more header, whose value is known to be a valid one; `null` for none
   */
  answer(response: ServerResponse, header: Header | null, body = ''): void {
    if (isUsual(response)) {
      const own = header === null ? '' : `${header[0]}: ${header[1]}\r\n`;
      const head = `${this.text}${own}${connectionLines(response._keepAliveTimeout)}`;
      response.statusCode = this.status;
      // As one text of single bytes, head and body are one write of the socket's.
      const isAscii = body.length === Buffer.byteLength(body);
      response._header = isAscii ? head + body : head;
      if (isAscii) response.end();
      else response.end(body);
    } else response.writeHead(this.status, [...this.headers, ...(header ?? [])]).end(body);
  }
}

/** Whether the connection goes on after an answer as HTTP/1.1 does unless it is told otherwise. */
function isUsual(response: ServerResponse): response is OpenResponse {
  const { headers, httpVersion } = response.req;
  return response.shouldKeepAlive && httpVersion === '1.1' && headers.expect === undefined;
}

let lines = { second: 0, keepAliveMs: 0, text: '' };

/** The lines that Node adds itself to every head, and the end of the head. They are the same for a second. */
function connectionLines(keepAliveMs: number): string {
  const second = Math.floor(Date.now() / 1000);
  if (second !== lines.second || keepAliveMs !== lines.keepAliveMs) {
    const timeout = keepAliveMs > 0 ? `Keep-Alive: timeout=${Math.floor(keepAliveMs / 1000)}\r\n` : '';
    const text = `Date: ${new Date(second * 1000).toUTCString()}\r\nConnection: keep-alive\r\n${timeout}\r\n`;
    lines = { second, keepAliveMs, text };
  }
  return lines.text;
}
