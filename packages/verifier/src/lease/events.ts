/** An event of a stream. */
export interface ServerEvent {
  type: string;
  data: string;
}

/**
 * Reads server-sent events (the WHATWG HTML standard, "Interpreting an event stream") from a text that comes in pieces. An event that has not come
 * to its end is not returned, for half of one must not be believed.
 */
export class EventReader {
  private rest = '';
  private type = '';
  private data: string[] = [];

  /** Returns the events that a piece completes. */
  *read(piece: string): Generator<ServerEvent> {
    const lines = (this.rest + piece).split(/\r\n|\n|\r(?!$)/);
    this.rest = lines.pop() ?? '';
    for (const line of lines) {
      const event = this.readLine(line);
      if (event) yield event;
    }
  }

  private readLine(line: string): ServerEvent | undefined {
    if (line === '') return this.complete();
    const colon = line.indexOf(':');
    const name = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'event') this.type = value;
    if (name === 'data') this.data.push(value);
    return undefined;
  }

  private complete(): ServerEvent | undefined {
    const event = { type: this.type, data: this.data.join('\n') };
    const isEmpty = this.data.length === 0;
    this.type = '';
    this.data = [];
    return isEmpty ? undefined : event;
  }
}
