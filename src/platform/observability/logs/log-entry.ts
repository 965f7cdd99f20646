import { inspect } from 'node:util';

/** A line of the log with fields of its own, which a log in JSON shows as such, and one for people as part of its text. */
export class LogEntry {
  constructor(
    readonly message: string,
    /** Never a secret. */
    readonly fields: Readonly<Record<string, unknown>>,
    /** Lines that only follow the text, such as a stack. */
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
