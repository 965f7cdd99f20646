import { Body, Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { Caller } from '../../access/caller.js';
import { LEVELS } from '../../access/levels.js';
import { Requires } from '../../access/requires.js';
import { Answers, PathParameter, Refuses } from '../../platform/http/route-facts.js';
import { policyRefusals } from '../policy/key-policy.js';
import { levelTooHigh } from '../permissions/effective-permissions.js';
import {
  CreatePersonalKeyBody,
  type CreatedPersonalKeyAnswer,
  type PersonalKeyAnswer,
  type PersonalKeysAnswer,
} from './personal-keys.dto.js';
import { presentCreatedPersonalKey, presentListedPersonalKey, presentPersonalKey } from './personal-keys.presenter.js';
import { PersonalKeysService } from './personal-keys.service.js';

@Controller('apikeys')
@PathParameter('key', 'The key, without its secret.', 'f7fa38ec-0e19-405c-820f-bf65912ab4ec')
export class PersonalKeysController {
  constructor(private readonly keys: PersonalKeysService) {}

  /**
   * Create an API key
   *
   * A personal key: it acts for you, and is deleted when you lose the rights that it has. Its secret is shown only in this answer.
   */
  @Post(['jwt', 'key'])
  @Answers('The new personal key, with its secret.')
  @Refuses(levelTooHigh(), 'api_key.limit_reached', ...policyRefusals('accounts'))
  @Requires(LEVELS.writeOwn, { by: 'lastSegment' })
  async createPersonalApiKey(
    @Caller() caller: Caller,
    @Body() body: CreatePersonalKeyBody,
  ): Promise<CreatedPersonalKeyAnswer> {
    return { apikey: presentCreatedPersonalKey(await this.keys.create(caller, body)) };
  }

  /** List your API keys */
  @Get(['jwt', 'key'])
  @Answers('Your personal keys.')
  @Requires(LEVELS.authenticate, { by: 'lastSegment', withoutConsent: true })
  async listPersonalApiKeys(@Caller() caller: Caller): Promise<PersonalKeysAnswer> {
    return { apikeys: (await this.keys.list(caller)).map(presentListedPersonalKey) };
  }

  /**
   * Read an API key
   *
   * A personal key of your own; with level 8, anyone's.
   */
  @Get([':key/jwt', ':key/key'])
  @Answers('The personal key.')
  @Refuses('api_key.not_found', 'access.other_owner')
  @Requires(LEVELS.writeOwn, { by: 'lastSegment', withoutConsent: true })
  async readPersonalApiKey(@Caller() caller: Caller, @Param('key') key: string): Promise<PersonalKeyAnswer> {
    return { apikey: presentPersonalKey(await this.keys.find(caller, key)) };
  }

  /**
   * Delete an API key
   *
   * A personal key of your own; with level 8, anyone's. The key is refused at once. A key can delete itself.
   */
  @Delete([':key/jwt', ':key/key'])
  @Answers('The personal key has been deleted.')
  @Refuses('api_key.not_found', 'access.other_owner')
  @HttpCode(204)
  @Requires(LEVELS.writeOwn, { by: 'lastSegment' })
  async deletePersonalApiKey(@Caller() caller: Caller, @Param('key') key: string): Promise<void> {
    await this.keys.delete(caller, key);
  }
}
