import { IsIn, type ValidationOptions } from 'class-validator';
import { EVENT_TYPES, SUBSCRIBABLE } from '../event-types.js';

const OPTIONS: ValidationOptions = {
  each: true,
  message: `each of $property must be one of ${EVENT_TYPES.join(', ')}, or all of a kind, like api_key.*, or *`,
};

/** Each item names a type of event, all of a kind, or everything. */
export const AreEvents = (): PropertyDecorator => IsIn(SUBSCRIBABLE, OPTIONS);
