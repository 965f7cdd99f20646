import { ConsoleLogger, type LogLevel } from '@nestjs/common';
import { redact, type Redactor } from './redaction.js';

/** Whether a stream ends at a terminal; a pipe or a file has no such property. */
export const isTerminal = ({ isTTY = false }: { isTTY?: boolean }): boolean => isTTY;

/**
 * Logs for people: the time in ISO 8601 (UTC), the level, the context and the message. On a terminal entries have colours, unless `NO_COLOR` is
 * set, and texts of several lines keep them. Elsewhere an entry is one line, in which `\n` between spaces stands for the end of a line: a link
 * before it stays a link.
 */
export class LineLogger extends ConsoleLogger {
  constructor(
    logLevels: LogLevel[],
    private readonly redactLine: Redactor = redact,
    private readonly isOnTerminal = isTerminal(process.stdout),
  ) {
    super({ prefix: 'Keywright', logLevels, colors: isOnTerminal && !process.env.NO_COLOR });
  }

  protected override getTimestamp(): string {
    return new Date().toISOString();
  }

  protected override formatMessage(...parts: Parameters<ConsoleLogger['formatMessage']>): string {
    return this.inLine(this.redactLine(super.formatMessage(...parts)));
  }

  protected override printMessages(...parts: Parameters<ConsoleLogger['printMessages']>): void {
    const [messages, context, level, stream, stack, ...others] = parts;
    const whole = this.isOnTerminal || !stack ? messages : [`${messages.map(String).join(' ')}\n${stack as string}`];
    super.printMessages(whole, context, level, stream, stack, ...others);
  }

  /** Elsewhere than on a terminal, the stack is in the line of its message. */
  protected override printStackTrace(stack: string): void {
    if (this.isOnTerminal) super.printStackTrace(stack && this.redactLine(stack));
  }

  private inLine(text: string): string {
    return this.isOnTerminal ? text : text.replaceAll(/\r?\n(?!$)/g, String.raw` \n `);
  }
}
