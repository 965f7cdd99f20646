import { Logger } from '@nestjs/common';
import { errorMessage } from './error-message.js';

/**
 * Work that the process does again and again by itself, never twice at a time. What fails is left for the next time; the log says when it
 * begins to fail, and not each time that it still does.
 */
export class BackgroundTask {
  private underWay: Promise<void> | null = null;
  private isFailing = false;

  /** @param trouble what the log says of a failure, before the reason, such as "Mails wait for the database" */
  constructor(
    private readonly work: () => Promise<void>,
    private readonly trouble: string,
    private readonly logger = new Logger('Keywright'),
  ) {}

  get isUnderWay(): boolean {
    return this.underWay !== null;
  }

  /** Does the work, unless it is under way already. Comes back once it has ended, well or not. */
  run(): Promise<void> {
    this.underWay ??= this.attempt(this.work).finally(() => (this.underWay = null));
    return this.underWay;
  }

  /** Comes back once the work is not under way any more. */
  async settled(): Promise<void> {
    await this.underWay;
  }

  /** Does something that belongs to the work, and fails as it does: nobody has to catch anything. */
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
