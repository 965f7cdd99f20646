import { Body, Controller, Get, Put } from '@nestjs/common';
import { Caller } from '../access/caller.js';
import { LEVELS } from '../access/levels.js';
import { Requires } from '../access/requires.js';
import { Answers } from '../platform/http/route-facts.js';
import { ChoicesService } from './choices.service.js';
import { ChooseNotificationsBody, NotificationsView } from './notifications.dto.js';
import { presentNotifications } from './notifications.presenter.js';

@Controller('api/v1/members/me/notifications')
export class NotificationsController {
  constructor(private readonly choices: ChoicesService) {}

  /** Read your choice of notifications */
  @Get()
  @Answers('The events that you are notified of by mail.')
  @Requires(LEVELS.authenticate)
  async readNotifications(@Caller() caller: Caller): Promise<NotificationsView> {
    return presentNotifications(await this.choices.read(caller));
  }

  /**
   * Choose your notifications
   *
   * Mails about your merchant's keys, applications and members, and about your own personal keys. Events within half a minute come in one
   * mail. You are always notified of exposed keys that you can manage or that are your own.
   */
  @Put()
  @Answers('The changed choice.')
  @Requires(LEVELS.authenticate)
  async updateNotifications(
    @Caller() caller: Caller,
    @Body() body: ChooseNotificationsBody,
  ): Promise<NotificationsView> {
    return presentNotifications(await this.choices.choose(caller, body.events));
  }
}
