import { inspect } from 'node:util';

/** A log line with fields. A JSON log has them as properties, a log for people as part of the text. */
export class LogEntry {
  constructor(
    readonly message: string,
    /** Structured data; never a secret. */
    readonly fields: Readonly<Record<string, unknown>>,
    /** Lines that follow the message, such as a stack. */
    readonly stack?: string,
  ) {}

  toString(): string {
    const fields = Object.entries(this.fields).filter(([, value]) => value !== undefined && value !== null);
    const shown = fields.map(([name, value]) => `${name}=${String(value)}`).join(' ');
    return [shown ? `${this.message} ${shown}` : this.message, this.stack].filter(Boolean).join('\n');
  }

  [inspect.custom](): string {
    return this.toString();
  }
}
