import { Controller, Get } from '@nestjs/common';
import { Caller } from '../../access/caller.js';
import { LEVELS } from '../../access/levels.js';
import { Requires } from '../../access/requires.js';
import { Answers } from '../../platform/http/route-facts.js';
import { KeyInUseAnswer } from './personal-keys.dto.js';
import { presentPersonalKey } from './personal-keys.presenter.js';
import { PersonalKeysService } from './personal-keys.service.js';

@Controller('whoami')
export class KeyInUseController {
  constructor(private readonly keys: PersonalKeysService) {}

  /**
   * Read the key in use
   *
   * Open to a key of any surface.
   */
  @Get('key')
  @Answers('The key that authenticated the request.')
  @Requires(LEVELS.authenticate, { by: 'keyPair', merchantKeys: true })
  async readKeyInUse(@Caller() caller: Caller): Promise<KeyInUseAnswer> {
    return { apikey: presentPersonalKey(await this.keys.inUse(caller)) };
  }
}
