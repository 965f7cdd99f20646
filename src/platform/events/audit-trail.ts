import { Injectable } from '@nestjs/common';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { CATCH_UP } from './listening.js';

/** The audit trail, as the modules that notify people of its entries see it. */
@Injectable()
export class AuditTrail {
  constructor(private readonly events: EventEmitter2) {}

  /**
   * Returns once every event of this merchant that has been committed on any instance is sealed, and passed on to webhooks and mails.
   */
  async catchUp(merchantId: string): Promise<void> {
    await this.events.emitAsync(CATCH_UP, merchantId);
  }
}
