import { isTerminal, LineLogger } from '../../platform/observability/logs/line-logger.js';

/** Writes warnings and errors to standard error: standard output is for the result, which may be JSON. */
export class Warnings extends LineLogger {
  constructor() {
    super(['warn', 'error'], undefined, isTerminal(process.stderr));
  }

  protected override printMessages(...parameters: Parameters<LineLogger['printMessages']>): void {
    const [messages, context, level, , ...others] = parameters;
    super.printMessages(messages, context, level, 'stderr', ...others);
  }
}
