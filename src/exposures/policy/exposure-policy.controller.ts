import { Body, Controller, Get, Patch } from '@nestjs/common';
import { Caller } from '../../access/caller.js';
import { LEVELS } from '../../access/levels.js';
import { Requires } from '../../access/requires.js';
import { Answers, Refuses } from '../../platform/http/route-facts.js';
import { ExposurePolicies } from './exposure-policies.js';
import { ExposurePolicyView, UpdateExposurePolicyBody } from './exposure-policy.dto.js';
import { presentExposurePolicy } from './exposure-policy.presenter.js';

@Controller('api/v1/merchants/me/exposure-policy')
export class ExposurePolicyController {
  constructor(private readonly policies: ExposurePolicies) {}

  /** Read the policy for exposed keys */
  @Get()
  @Answers("Your merchant's policy for exposed keys.")
  @Requires(LEVELS.readSome)
  async readExposurePolicy(@Caller() caller: Caller): Promise<ExposurePolicyView> {
    return presentExposurePolicy(await this.policies.read(caller.merchantId));
  }

  /**
   * Change the policy for exposed keys
   *
   * The policy applies to keys that are found from now on, and to a key that was found before when it is found again. While your merchant has a
   * key whose level is above yours, you cannot have exposed keys disabled or deleted.
   */
  @Patch()
  @Answers('The changed policy for exposed keys.')
  @Refuses('access.stronger_key')
  @Requires(LEVELS.writeOwn)
  async updateExposurePolicy(
    @Caller() caller: Caller,
    @Body() body: UpdateExposurePolicyBody,
  ): Promise<ExposurePolicyView> {
    return presentExposurePolicy(await this.policies.update(caller, body));
  }
}
