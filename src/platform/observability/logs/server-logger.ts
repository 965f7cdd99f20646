import { ConsoleLogger, type LoggerService, type LogLevel } from '@nestjs/common';
import type { Config } from '../../config/config.js';
import { JsonLogger } from './json-logger.js';
import { redact } from './redaction.js';

/** Nest's levels, each with the levels above it. */
const LEVELS: Record<Config['logLevel'], LogLevel[]> = {
  debug: ['debug', 'log', 'warn', 'error', 'fatal'],
  info: ['log', 'warn', 'error', 'fatal'],
  warn: ['warn', 'error', 'fatal'],
  error: ['error', 'fatal'],
  fatal: ['fatal'],
};

/** Creates the server's logger: JSON in production, else lines for people. */
export function createLogger({ isProduction, logLevel }: Config): LoggerService {
  return isProduction ? new JsonLogger(logLevel) : new ConsoleLineLogger(logLevel);
}

class ConsoleLineLogger extends ConsoleLogger {
  constructor(level: Config['logLevel']) {
    super({ prefix: 'Keywright', logLevels: LEVELS[level] });
  }

  protected override formatMessage(...parts: Parameters<ConsoleLogger['formatMessage']>): string {
    return redact(super.formatMessage(...parts));
  }

  protected override printStackTrace(stack: string): void {
    super.printStackTrace(stack && redact(stack));
  }
}
