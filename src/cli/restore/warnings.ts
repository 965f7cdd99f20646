import { ConsoleLogger } from '@nestjs/common';

/** Writes warnings and errors to standard error: standard output is for the result, which may be JSON. */
export class Warnings extends ConsoleLogger {
  constructor() {
    super({ prefix: 'Keywright', logLevels: ['warn', 'error'] });
  }

  protected override printMessages(...parameters: Parameters<ConsoleLogger['printMessages']>): void {
    const [messages, context, level, , ...others] = parameters;
    super.printMessages(messages, context, level, 'stderr', ...others);
  }
}
