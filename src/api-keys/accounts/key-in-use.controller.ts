import { Controller, Get } from '@nestjs/common';
import { Caller } from '../../access/caller.js';
import { LEVELS } from '../../access/levels.js';
import { Requires } from '../../access/requires.js';
import { PersonalKeyAnswer } from './personal-keys.dto.js';
import { presentPersonalKey } from './personal-keys.presenter.js';
import { PersonalKeysService } from './personal-keys.service.js';

@Controller('whoami')
export class KeyInUseController {
  constructor(private readonly keys: PersonalKeysService) {}

  /**
   * Tell which key is in use
   *
   * A key of any surface may ask.
   */
  @Get('key')
  @Requires(LEVELS.authenticate, { merchantKeys: true })
  async readKeyInUse(@Caller() caller: Caller): Promise<PersonalKeyAnswer> {
    return { apikey: presentPersonalKey(await this.keys.inUse(caller)) };
  }
}
