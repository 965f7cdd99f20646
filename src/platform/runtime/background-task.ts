import { Logger } from '@nestjs/common';
import { errorMessage } from './error-message.js';

/**
 * Work that the process repeats in the background and that never overlaps itself. A failed run is left to the next one; only the first failure
 * in a row is logged.
 */
export class BackgroundTask {
  private underWay: Promise<void> | null = null;
  private isFailing = false;

  /** @param trouble the log message of a failure, before its reason, such as "Mails wait for the database" */
  constructor(
    private readonly work: () => Promise<void>,
    private readonly trouble: string,
    private readonly logger = new Logger('Keywright'),
  ) {}

  get isUnderWay(): boolean {
    return this.underWay !== null;
  }

  /** Runs the work, or joins the run that is under way. Resolves when the run has ended, whether it succeeded or not. */
  run(): Promise<void> {
    this.underWay ??= this.attempt(this.work).finally(() => (this.underWay = null));
    return this.underWay;
  }

  /** Resolves when no run is under way. */
  async settled(): Promise<void> {
    await this.underWay;
  }

  /** Runs another part of the work. Its failure is logged as one of the work, and never thrown. */
  async attempt(part: () => Promise<unknown>): Promise<void> {
    try {
      await part();
      this.isFailing = false;
    } catch (error) {
      if (!this.isFailing) this.logger.warn(`${this.trouble}: ${errorMessage(error)}`);
      this.isFailing = true;
    }
  }
}
