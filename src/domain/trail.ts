import { Injectable } from '@nestjs/common';
import { EventEmitter2 } from '@nestjs/event-emitter';

/** Name under which the audit trail hears that somebody waits for a merchant's entries to get their places. */
export const CATCH_UP = 'catch_up';

/** The audit trail as those see it who tell others of what is in it. */
@Injectable()
export class Trail {
  constructor(private readonly events: EventEmitter2) {}

  /**
   * Comes back once everything that has happened to a merchant's things has its place, and is passed on to those who were to be told of it
   * by then. Whose clock said what, or who wrote it down, doesn't matter.
   */
  async catchUp(merchantId: string): Promise<void> {
    await this.events.emitAsync(CATCH_UP, merchantId);
  }
}
