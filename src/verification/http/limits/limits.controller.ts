import { Controller, Get, UseGuards } from '@nestjs/common';
import { LEVELS } from '../../../access/levels.js';
import { Requires } from '../../../access/requires.js';
import { ApiKey } from '../../../api-keys/api-key.entity.js';
import { KeyGuard, TheKey } from '../../../api-keys/merchants/key.guard.js';
import { Answers } from '../../../platform/http/route-facts.js';
import { LimitsLeftService } from '../../limits/limits-left.js';
import { KeyLimitsView } from './limits.dto.js';
import { presentLimits } from './limits.presenter.js';

@Controller('api/v1/api-keys/:keyId/limits')
export class LimitsController {
  constructor(private readonly limitsLeft: LimitsLeftService) {}

  /**
   * Read what is left of an API key's limits
   *
   * The rate limits and quotas of the key, and those that it shares with the other keys of its external id. Reading uses nothing of them.
   */
  @Get()
  @Answers('What is left of each limit.')
  @Requires(LEVELS.readSome)
  @UseGuards(KeyGuard)
  async readMerchantApiKeyLimits(@TheKey() key: ApiKey): Promise<KeyLimitsView> {
    return presentLimits(await this.limitsLeft.read(key));
  }
}
