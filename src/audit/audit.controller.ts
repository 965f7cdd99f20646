import { Controller, Get, Query, type StreamableFile } from '@nestjs/common';
import { Caller } from '../access/caller.js';
import { LEVELS } from '../access/levels.js';
import { Requires } from '../access/requires.js';
import { presentList } from '../platform/http/paging/listed.js';
import { AnswersLines, AnswersOneOf, streamLines } from '../platform/validation/lists.js';
import { Answers, Refuses } from '../platform/http/route-facts.js';
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
   * The events of your merchant, the newest first; with level 8, of all merchants. In pages, or with `cursor` in parts, which are equally
   * fast for any number of events.
   */
  @Get()
  @Requires(LEVELS.writeOwn)
  @AnswersOneOf('A page of events, or with `cursor` a part.', AuditEventPage, AuditEventPart)
  @Refuses('access.other_owner')
  async listAuditEvents(
    @Caller() caller: Caller,
    @Query() query: ListAuditEventsQuery,
  ): Promise<AuditEventPage | AuditEventPart> {
    return presentList(await this.audit.list(caller, query), presentAuditEvent);
  }

  /**
   * Export audit events
   *
   * A line of JSON for each event, the oldest first. An answer that breaks off is incomplete.
   */
  @Get('export')
  @Requires(LEVELS.writeOwn)
  @AnswersLines(AuditEventView, 'A line of JSON for each event.')
  @Refuses('access.other_owner')
  async exportAuditEvents(@Caller() caller: Caller, @Query() query: AuditFilter): Promise<StreamableFile> {
    return streamLines(await this.audit.export(caller, query), presentAuditEvent);
  }

  /**
   * Verify audit events
   *
   * Follows your merchant's chain from its first event to its last, and reports events that were changed, removed, reordered or inserted.
   * An attacker who can write to the database can also replace the whole chain: to detect that, keep the `head` of the answer elsewhere and
   * send it the next time.
   */
  @Get('verify')
  @Answers('Whether the chain is intact, and what was changed.')
  @Refuses('access.other_owner')
  @Requires(LEVELS.writeOwn)
  async verifyAuditEvents(
    @Caller() caller: Caller,
    @Query() query: VerifyAuditEventsQuery,
  ): Promise<AuditVerificationView> {
    return presentVerification(await this.audit.verify(caller, query));
  }
}
