import { Body, Controller, Get, Put } from '@nestjs/common';
import { Caller } from '../access/caller.js';
import { LEVELS } from '../access/levels.js';
import { Requires } from '../access/requires.js';
import { ChoicesService } from './choices.service.js';
import { ChooseNotificationsBody, NotificationsView } from './notifications.dto.js';
import { presentNotifications } from './notifications.presenter.js';

@Controller('api/v1/members/me/notifications')
export class NotificationsController {
  constructor(private readonly choices: ChoicesService) {}

  /** Read what you are told by mail */
  @Get()
  @Requires(LEVELS.authenticate)
  async readNotifications(@Caller() caller: Caller): Promise<NotificationsView> {
    return presentNotifications(await this.choices.read(caller));
  }

  /**
   * Choose what you are told by mail
   *
   * Of your merchant's keys, applications and members, and of your own personal keys. What happens within half a minute comes in one mail. Of
   * exposed keys that you can manage, or that are yours, you are told in any case.
   */
  @Put()
  @Requires(LEVELS.authenticate)
  async updateNotifications(
    @Caller() caller: Caller,
    @Body() body: ChooseNotificationsBody,
  ): Promise<NotificationsView> {
    return presentNotifications(await this.choices.choose(caller, body.events));
  }
}
