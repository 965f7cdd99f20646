import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query, UseGuards } from '@nestjs/common';
import { Caller } from '../access/caller.js';
import { LEVELS } from '../access/levels.js';
import { Requires } from '../access/requires.js';
import { PageQuery, presentPage } from '../platform/http/paging/page.dto.js';
import { Answers, Refuses } from '../platform/http/route-facts.js';
import { Application } from './application.entity.js';
import { ApplicationGuard, TheApplication } from './application.guard.js';
import {
  ApplicationPage,
  ApplicationView,
  CreateApplicationBody,
  UpdateApplicationBody,
  UpdateApplicationStatusBody,
} from './applications.dto.js';
import { presentApplication } from './applications.presenter.js';
import { ApplicationsService } from './applications.service.js';

@Controller('api/v1/applications')
export class ApplicationsController {
  constructor(private readonly applications: ApplicationsService) {}

  /** Create an application */
  @Post()
  @Answers('The new application.')
  @Refuses('application.name_taken', 'application.limit_reached')
  @Requires(LEVELS.writeOwn)
  async createApplication(@Caller() caller: Caller, @Body() body: CreateApplicationBody): Promise<ApplicationView> {
    return presentApplication(await this.applications.create(caller, body));
  }

  /** List your merchant's applications */
  @Get()
  @Answers('A page of applications.')
  @Requires(LEVELS.readSome)
  async listApplications(@Caller() caller: Caller, @Query() query: PageQuery): Promise<ApplicationPage> {
    return presentPage(await this.applications.list(caller, query), query, presentApplication);
  }

  /** Read an application */
  @Get(':id')
  @Answers('The application.')
  @Requires(LEVELS.readSome)
  @UseGuards(ApplicationGuard)
  readApplication(@TheApplication() application: Application): ApplicationView {
    return presentApplication(application);
  }

  /** Change an application's name or description */
  @Patch(':id')
  @Answers('The changed application.')
  @Refuses('application.name_taken')
  @Requires(LEVELS.writeOwn)
  @UseGuards(ApplicationGuard)
  async updateApplication(
    @Caller() caller: Caller,
    @TheApplication() application: Application,
    @Body() body: UpdateApplicationBody,
  ): Promise<ApplicationView> {
    return presentApplication(await this.applications.update(caller, application, body));
  }

  /**
   * Enable or disable an application
   *
   * The keys of a disabled application are refused at once. Enabling it restores them. You can do neither to an application that has a valid key
   * whose level is above yours.
   */
  @Patch(':id/status')
  @Answers('The changed application.')
  @Refuses('access.stronger_key')
  @Requires(LEVELS.writeOwn)
  @UseGuards(ApplicationGuard)
  async updateApplicationStatus(
    @Caller() caller: Caller,
    @TheApplication() application: Application,
    @Body() { isEnabled }: UpdateApplicationStatusBody,
  ): Promise<ApplicationView> {
    return presentApplication(await this.applications.setEnabled(caller, application, isEnabled));
  }

  /**
   * Delete an application
   *
   * Its keys are deleted with it. You cannot delete an application that has a key whose level is above yours.
   */
  @Delete(':id')
  @Answers('The application and its keys have been deleted.')
  @Refuses('access.stronger_key')
  @HttpCode(204)
  @Requires(LEVELS.writeOwn)
  @UseGuards(ApplicationGuard)
  async deleteApplication(@Caller() caller: Caller, @TheApplication() application: Application): Promise<void> {
    await this.applications.delete(caller, application);
  }
}
