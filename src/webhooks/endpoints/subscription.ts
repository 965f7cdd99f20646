import { IsIn, type ValidationOptions } from 'class-validator';
import { EVENT_TYPES, SUBSCRIBABLE } from '../event-types.js';

const OPTIONS: ValidationOptions = {
  each: true,
  message: `each of $property must be one of ${EVENT_TYPES.join(', ')}, a group like api_key.*, or *`,
};

/** Each item is an event type, a group of types (`api_key.*`), or `*`. */
export const AreEvents = (): PropertyDecorator => IsIn(SUBSCRIBABLE, OPTIONS);
