import { EVENT_TYPES } from '../platform/events/notifiable-events.js';
import type { Choice } from './choices.service.js';
import type { NotificationsView } from './notifications.dto.js';

export function presentNotifications({ events, isDefault }: Choice): NotificationsView {
  return { events, isDefault, available: [...EVENT_TYPES] };
}
