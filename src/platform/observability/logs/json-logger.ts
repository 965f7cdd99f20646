import type { LoggerService } from '@nestjs/common';
import { pino, stdTimeFunctions, type DestinationStream, type Level, type Logger } from 'pino';
import { LogEntry } from './log-entry.js';
import { redact, type Redactor } from './redaction.js';

/** Contexts of the lines that Nest logs about its own start. */
const START_OF_NEST = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
  'NestFastifyApplication',
]);

/** Logs one line of JSON for each entry: `level`, `time`, `context`, `message`, and the fields of the entry. */
export class JsonLogger implements LoggerService {
  private readonly pino: Logger;

  /** @param destination standard output by default */
  constructor(level: Level, destination?: DestinationStream, redactor: Redactor = redact) {
    const options = {
      level,
      base: null,
      messageKey: 'message',
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label: string) => ({ level: label }) },
      hooks: { streamWrite: redactor },
    };
    this.pino = destination ? pino(options, destination) : pino(options);
  }

  log(message: unknown, ...rest: unknown[]): void {
    this.write(START_OF_NEST.has(String(rest.at(-1))) ? 'debug' : 'info', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  /** Nest passes the context as the last parameter, and the stack of an error before it. */
  private write(level: Level, message: unknown, rest: unknown[]): void {
    if (!this.pino.isLevelEnabled(level)) return;
    const context = typeof rest.at(-1) === 'string' ? rest.at(-1) : undefined;
    const others = rest.slice(0, context === undefined ? undefined : -1).filter((part) => part !== undefined);
    const more = others.length > 0 ? { details: others } : {};
    if (message instanceof LogEntry) {
      const { fields, stack } = message;
      this.pino[level]({ context, ...fields, ...(stack !== undefined && { stack }), ...more }, message.message);
    } else if (message instanceof Error) {
      // Only the message and the stack: the error of a failed query also has its parameters.
      this.pino[level]({ context, stack: message.stack, ...more }, message.message);
    } else if (typeof message === 'string') {
      this.pino[level]({ context, ...more }, message);
    } else {
      this.pino[level]({ context, details: [message, ...others] }, '');
    }
  }
}
