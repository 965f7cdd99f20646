import { ArrayMaxSize, IsArray, IsIn } from 'class-validator';
import { EVENT_TYPES } from '../platform/events/notifiable-events.js';

/** Your notifications by mail. */
export class NotificationsView {
  /**
   * The events that you are notified of.
   * @example ["api_key.expiring", "api_key.expired"]
   */
  events: string[];

  /**
   * Whether these are the defaults: deleted keys of the clients surface for every member, keys that expire or are idle for members of level 4
   * and above.
   */
  isDefault: boolean;

  /**
   * The events that you can choose.
   * @example ["api_key.created", "api_key.expiring", "api_key.expired"]
   */
  available: string[];
}

/** A choice of notifications. */
export class ChooseNotificationsBody {
  /**
   * All events that you want to be notified of; empty for none.
   * @example ["api_key.expiring", "api_key.expired"]
   */
  @IsArray()
  @ArrayMaxSize(100)
  @IsIn(EVENT_TYPES, { each: true, message: 'each of $property must be one of $constraint1' })
  events: string[];
}
