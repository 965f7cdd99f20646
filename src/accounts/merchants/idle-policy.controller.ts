import { Body, Controller, Get, Patch } from '@nestjs/common';
import { Caller } from '../../access/caller.js';
import { LEVELS } from '../../access/levels.js';
import { Requires } from '../../access/requires.js';
import { IdlePolicyView, UpdateIdlePolicyBody } from './idle-policy.dto.js';
import { IdlePolicyService } from './idle-policy.service.js';

@Controller('api/v1/merchants/me/idle-policy')
export class IdlePolicyController {
  constructor(private readonly policies: IdlePolicyService) {}

  /** Read what becomes of keys that nobody uses */
  @Get()
  @Requires(LEVELS.readOwn)
  readIdlePolicy(@Caller() caller: Caller): Promise<IdlePolicyView> {
    return this.policies.read(caller);
  }

  /**
   * Change what becomes of keys that nobody uses
   *
   * You are told of such a key first; it is disabled and deleted as many days after that as the policy has between them, whenever it was used last.
   */
  @Patch()
  @Requires(LEVELS.writeOwn)
  updateIdlePolicy(@Caller() caller: Caller, @Body() body: UpdateIdlePolicyBody): Promise<IdlePolicyView> {
    return this.policies.update(caller, body);
  }
}
