import { Body, Controller, Get, Patch } from '@nestjs/common';
import { Caller } from '../../access/caller.js';
import { LEVELS } from '../../access/levels.js';
import { Requires } from '../../access/requires.js';
import { Answers, Refuses } from '../../platform/http/route-facts.js';
import { IdlePolicyView, UpdateIdlePolicyBody } from './idle-policy.dto.js';
import { IdlePolicyService } from './idle-policy.service.js';

@Controller('api/v1/merchants/me/idle-policy')
export class IdlePolicyController {
  constructor(private readonly policies: IdlePolicyService) {}

  /** Read the policy for unused keys */
  @Get()
  @Answers("Your merchant's policy for unused keys.")
  @Requires(LEVELS.readOwn)
  readIdlePolicy(@Caller() caller: Caller): Promise<IdlePolicyView> {
    return this.policies.read(caller);
  }

  /**
   * Change the policy for unused keys
   *
   * You are notified of an unused key first. It is disabled and deleted as many days later as the policy puts between these steps, whenever
   * it was last used. While your merchant has a key whose level is above yours, you cannot have keys disabled or deleted sooner.
   */
  @Patch()
  @Answers('The changed policy for unused keys.')
  @Refuses('access.stronger_key')
  @Requires(LEVELS.writeOwn)
  updateIdlePolicy(@Caller() caller: Caller, @Body() body: UpdateIdlePolicyBody): Promise<IdlePolicyView> {
    return this.policies.update(caller, body);
  }
}
