import { Controller, Get, Query, type StreamableFile } from '@nestjs/common';
import { Caller } from '../access/caller.js';
import { LEVELS } from '../access/levels.js';
import { Requires } from '../access/requires.js';
import { presentList } from '../platform/http/paging/listed.js';
import { AnswersLines, AnswersOneOf, streamLines } from '../platform/validation/lists.js';
import {
  AuditEventPage,
  AuditEventPart,
  AuditEventView,
  AuditFilter,
  AuditVerificationView,
  ListAuditEventsQuery,
  VerifyAuditEventsQuery,
} from './audit.dto.js';
import { presentAuditEvent, presentVerification } from './audit.presenter.js';
import { AuditService } from './audit.service.js';

@Controller('api/v1/audit-events')
export class AuditController {
  constructor(private readonly audit: AuditService) {}

  /**
   * List audit events
   *
   * Newest first: your merchant's, with level 8 everybody's. In pages, or with `cursor` in parts, which stay fast however many there are.
   */
  @Get()
  @Requires(LEVELS.writeOwn)
  @AnswersOneOf(AuditEventPage, AuditEventPart)
  async listAuditEvents(
    @Caller() caller: Caller,
    @Query() query: ListAuditEventsQuery,
  ): Promise<AuditEventPage | AuditEventPart> {
    return presentList(await this.audit.list(caller, query), presentAuditEvent);
  }

  /**
   * Export audit events
   *
   * A line of JSON for each event, the oldest first, as it is read. An answer that breaks off is incomplete.
   */
  @Get('export')
  @Requires(LEVELS.writeOwn)
  @AnswersLines(AuditEventView, 'A line of JSON for each event.')
  async exportAuditEvents(@Caller() caller: Caller, @Query() query: AuditFilter): Promise<StreamableFile> {
    return streamLines(await this.audit.export(caller, query), presentAuditEvent);
  }

  /**
   * Verify audit events
   *
   * Follows your merchant's chain from its first event to its last, and names what was changed, removed, reordered or put in. Who can write
   * to the database can also write a whole chain anew: against that, keep the `head` of the answer elsewhere and give it the next time.
   */
  @Get('verify')
  @Requires(LEVELS.writeOwn)
  async verifyAuditEvents(
    @Caller() caller: Caller,
    @Query() query: VerifyAuditEventsQuery,
  ): Promise<AuditVerificationView> {
    return presentVerification(await this.audit.verify(caller, query));
  }
}
