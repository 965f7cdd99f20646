import { EVENT_TYPES } from '../domain/event-types.js';
import type { Choice } from './choices.service.js';
import type { NotificationsView } from './notifications.dto.js';

export function presentNotifications({ events, isDefault }: Choice): NotificationsView {
  return { events, isDefault, available: [...EVENT_TYPES] };
}
