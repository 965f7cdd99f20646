// Generated from openapi.json by generator/generate.js. Do not edit.

import type { Answer } from '../transport/answer.js';
import type { RequestOptions } from '../transport/options.js';
import { Resource } from '../transport/resource.js';
import * as operations from './operations.js';
import type { ChooseNotificationsBody, NotificationsView } from '../document/schemas.js';

/** The events that you are told of by mail. */
export class Notifications extends Resource {
  /**
   * Read your choice of notifications.
   *
   * Requires a login.
   *
   * @returns The events that you are notified of by mail.
   */
  read(options?: RequestOptions): Answer<NotificationsView> {
    return this.callOperation(operations.readNotifications, [], undefined, options);
  }

  /**
   * Choose your notifications.
   *
   * Mails about your merchant's keys, applications and members, and about your own personal keys. Events within half a minute come in one
   * mail. You are always notified of exposed keys that you can manage or that are your own.
   *
   * Requires a login.
   *
   * @returns The changed choice.
   * @throws {KeywrightError} 400: `request.body_missing`
   */
  update(body: ChooseNotificationsBody, options?: RequestOptions): Answer<NotificationsView> {
    return this.callOperation(operations.updateNotifications, [], body, options);
  }
}
