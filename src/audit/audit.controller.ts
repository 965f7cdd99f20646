import { Controller, Get, Query } from '@nestjs/common';
import { Caller } from '../access/caller.js';
import { LEVELS } from '../access/levels.js';
import { Requires } from '../access/requirement.js';
import { presentPage } from '../http/page.dto.js';
import { AuditEventPage, ListAuditEventsQuery } from './audit.dto.js';
import { presentAuditEvent } from './audit.presenter.js';
import { AuditService } from './audit.service.js';

@Controller('api/v1/audit-events')
export class AuditController {
  constructor(private readonly audit: AuditService) {}

  /**
   * List audit events
   *
   * Newest first: your merchant's, with level 8 everybody's.
   */
  @Get()
  @Requires(LEVELS.writeOwn)
  async listAuditEvents(@Caller() caller: Caller, @Query() query: ListAuditEventsQuery): Promise<AuditEventPage> {
    return presentPage(await this.audit.list(caller, query), query, presentAuditEvent);
  }
}
