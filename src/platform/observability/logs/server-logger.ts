import type { LoggerService, LogLevel } from '@nestjs/common';
import type { Config } from '../../config/config.js';
import { JsonLogger } from './json-logger.js';
import { LineLogger } from './line-logger.js';
import { createRedactor } from './redaction.js';

/** Nest's levels, each with the levels above it. */
const LEVELS: Record<Config['logLevel'], LogLevel[]> = {
  debug: ['debug', 'log', 'warn', 'error', 'fatal'],
  info: ['log', 'warn', 'error', 'fatal'],
  warn: ['warn', 'error', 'fatal'],
  error: ['error', 'fatal'],
  fatal: ['fatal'],
};

/** Creates the server's logger: JSON in production, else lines for people. */
export function createLogger({ isProduction, logLevel, KEY_HEADER }: Config): LoggerService {
  const redact = createRedactor(KEY_HEADER);
  return isProduction ? new JsonLogger(logLevel, undefined, redact) : new LineLogger(LEVELS[logLevel], redact);
}
