import { Body, Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { Caller } from '../../access/caller.js';
import { LEVELS } from '../../access/levels.js';
import { Requires } from '../../access/requires.js';
import {
  CreatePersonalKeyBody,
  type CreatedPersonalKeyAnswer,
  type PersonalKeyAnswer,
  type PersonalKeysAnswer,
} from './personal-keys.dto.js';
import { presentCreatedPersonalKey, presentListedPersonalKey, presentPersonalKey } from './personal-keys.presenter.js';
import { PersonalKeysService } from './personal-keys.service.js';

@Controller('apikeys')
export class PersonalKeysController {
  constructor(private readonly keys: PersonalKeysService) {}

  /**
   * Create an API key
   *
   * A personal key: it acts for you, and dies when you lose the rights it has. The answer is the only time its secret is shown.
   */
  @Post(['jwt', 'key'])
  @Requires(LEVELS.writeOwn)
  async createApiKey(@Caller() caller: Caller, @Body() body: CreatePersonalKeyBody): Promise<CreatedPersonalKeyAnswer> {
    return { apikey: presentCreatedPersonalKey(await this.keys.create(caller, body)) };
  }

  /** List your API keys */
  @Get(['jwt', 'key'])
  @Requires(LEVELS.authenticate, { withoutConsent: true })
  async listApiKeys(@Caller() caller: Caller): Promise<PersonalKeysAnswer> {
    return { apikeys: (await this.keys.list(caller)).map(presentListedPersonalKey) };
  }

  /**
   * Read an API key
   *
   * One of your own, or with level 8 anybody's.
   *
   * @throws {404} There is no such key, or not any more.
   */
  @Get([':key/jwt', ':key/key'])
  @Requires(LEVELS.writeOwn, { withoutConsent: true })
  async readApiKey(@Caller() caller: Caller, @Param('key') key: string): Promise<PersonalKeyAnswer> {
    return { apikey: presentPersonalKey(await this.keys.find(caller, key)) };
  }

  /**
   * Delete an API key
   *
   * One of your own, or with level 8 anybody's. It is refused at once. A key may delete itself.
   *
   * @throws {404} There is no such key, or not any more.
   */
  @Delete([':key/jwt', ':key/key'])
  @HttpCode(204)
  @Requires(LEVELS.writeOwn)
  async deleteApiKey(@Caller() caller: Caller, @Param('key') key: string): Promise<void> {
    await this.keys.delete(caller, key);
  }
}
