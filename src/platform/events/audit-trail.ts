import { Injectable } from '@nestjs/common';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { CATCH_UP } from './listening.js';

/** The audit trail, for those who tell others what is in it. */
@Injectable()
export class AuditTrail {
  constructor(private readonly events: EventEmitter2) {}

  /**
   * Comes back once everything that has happened to a merchant's things by now, on whichever instance, has its place and is passed on to
   * those who are to be told.
   */
  async catchUp(merchantId: string): Promise<void> {
    await this.events.emitAsync(CATCH_UP, merchantId);
  }
}
