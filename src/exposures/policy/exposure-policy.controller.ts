import { Body, Controller, Get, Patch } from '@nestjs/common';
import { Caller } from '../../access/caller.js';
import { LEVELS } from '../../access/levels.js';
import { Requires } from '../../access/requires.js';
import { ExposurePolicies } from './exposure-policies.js';
import { ExposurePolicyView, UpdateExposurePolicyBody } from './exposure-policy.dto.js';
import { presentExposurePolicy } from './exposure-policy.presenter.js';

@Controller('api/v1/merchants/me/exposure-policy')
export class ExposurePolicyController {
  constructor(private readonly policies: ExposurePolicies) {}

  /** Read what becomes of your merchant's exposed keys */
  @Get()
  @Requires(LEVELS.readSome)
  async readExposurePolicy(@Caller() caller: Caller): Promise<ExposurePolicyView> {
    return presentExposurePolicy(await this.policies.read(caller.merchantId));
  }

  /**
   * Say what becomes of your merchant's exposed keys
   *
   * It counts for what is found from now on, and for a key that was found before when it is found again.
   */
  @Patch()
  @Requires(LEVELS.writeOwn)
  async updateExposurePolicy(
    @Caller() caller: Caller,
    @Body() body: UpdateExposurePolicyBody,
  ): Promise<ExposurePolicyView> {
    return presentExposurePolicy(await this.policies.update(caller, body));
  }
}
