import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, UseGuards } from '@nestjs/common';
import { Caller } from '../access/caller.js';
import { LEVELS } from '../access/levels.js';
import { Requires } from '../access/requirement.js';
import { Application } from '../applications/application.entity.js';
import { ApplicationGuard, TheApplication } from '../applications/application.guard.js';
import {
  ApplicationKeyPage,
  ApplicationKeyView,
  CreateApplicationKeyBody,
  CreatedApplicationKeyView,
  UpdateApplicationKeyBody,
} from './application-keys.dto.js';
import { presentApplicationKey, presentCreatedApplicationKey } from './application-keys.presenter.js';
import { ApplicationKeysService } from './application-keys.service.js';
import { ApplicationKeyPart, ListApplicationKeysQuery } from './find/keys.dto.js';
import { AnswersOneOf, presentList } from './find/keys.presenter.js';
import { KeysService } from './find/keys.service.js';

@Controller('api/v1/applications/:id/api-keys')
@UseGuards(ApplicationGuard)
export class ApplicationKeysController {
  constructor(
    private readonly keys: ApplicationKeysService,
    private readonly found: KeysService,
  ) {}

  /**
   * Generate an API key for an application
   *
   * The answer is the only time the full key is shown.
   */
  @Post()
  @Requires(LEVELS.writeOwn)
  async createApplicationApiKey(
    @Caller() caller: Caller,
    @TheApplication() application: Application,
    @Body() body: CreateApplicationKeyBody,
  ): Promise<CreatedApplicationKeyView> {
    return presentCreatedApplicationKey(await this.keys.create(caller, application, body), body);
  }

  /**
   * List an application's API keys
   *
   * In pages, or with `cursor` in parts, which stay fast however many keys there are.
   */
  @Get()
  @Requires(LEVELS.readSome)
  @AnswersOneOf(ApplicationKeyPage, ApplicationKeyPart)
  async listApplicationApiKeys(
    @TheApplication() application: Application,
    @Query() query: ListApplicationKeysQuery,
  ): Promise<ApplicationKeyPage | ApplicationKeyPart> {
    return presentList(await this.found.ofApplication(application, query), presentApplicationKey);
  }

  /** Read an application's API key */
  @Get(':keyId')
  @Requires(LEVELS.readSome)
  async readApplicationApiKey(
    @TheApplication() application: Application,
    @Param('keyId') keyId: string,
  ): Promise<ApplicationKeyView> {
    return presentApplicationKey(await this.keys.find(application, keyId));
  }

  /**
   * Change an application's API key
   *
   * What makes it narrower counts on every instance before the answer comes.
   */
  @Patch(':keyId')
  @Requires(LEVELS.writeOwn)
  async updateApplicationApiKey(
    @Caller() caller: Caller,
    @TheApplication() application: Application,
    @Param('keyId') keyId: string,
    @Body() body: UpdateApplicationKeyBody,
  ): Promise<ApplicationKeyView> {
    return presentApplicationKey(await this.keys.update(caller, application, keyId, body));
  }

  /**
   * Revoke an application's API key
   *
   * It is refused at once, for good; the application's other keys go on working.
   */
  @Delete(':keyId')
  @HttpCode(204)
  @Requires(LEVELS.writeOwn)
  async deleteApplicationApiKey(
    @Caller() caller: Caller,
    @TheApplication() application: Application,
    @Param('keyId') keyId: string,
  ): Promise<void> {
    await this.keys.delete(caller, application, keyId);
  }
}
