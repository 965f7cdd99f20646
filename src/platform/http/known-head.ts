import { STATUS_CODES, validateHeaderName, validateHeaderValue, type ServerResponse } from 'node:http';
import { PlainConnection } from './plain-connections.js';

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
   * @param to where the request came from
   * @param header one more header, whose value is known to be a valid one; `null` for none
   */
  answer(to: PlainConnection | ServerResponse, header: Header | null, body = ''): void {
    if (to instanceof PlainConnection) {
      const own = header === null ? '' : `${header[0]}: ${header[1]}\r\n`;
      const isAscii = body.length === Buffer.byteLength(body);
      to.send(this.text + own + connectionLines(to.keepAliveMs) + body, isAscii ? 'latin1' : 'utf8');
    } else to.writeHead(this.status, [...this.headers, ...(header ?? [])]).end(body);
  }
}

let lines = { second: 0, keepAliveMs: 0, text: '' };

/** The lines that Node adds itself to every head, and the end of the head. They are the same for a second. */
function connectionLines(keepAliveMs: number): string {
  const second = Math.floor(Date.now() / 1000);
  if (second !== lines.second || keepAliveMs !== lines.keepAliveMs) {
    const date = new Date(second * 1000).toUTCString();
    const timeout = Math.floor(keepAliveMs / 1000);
    const text = `Date: ${date}\r\nConnection: keep-alive\r\nKeep-Alive: timeout=${timeout}\r\n\r\n`;
    lines = { second, keepAliveMs, text };
  }
  return lines.text;
}
