import { OnEvent } from '@nestjs/event-emitter';
import type { EventName } from './event-names.js';

/** Channels beside those of the single events, which are named as the events are. */
export const EVERY_EVENT = 'every';
export const SEALED = 'sealed';
export const CATCH_UP = 'catch_up';
export const SETTLE = 'settle';

/** A listener that fails undoes the transaction that it listens in. */
const options = { suppressErrors: false } as const;

/**
 * The method is called with each domain event and its transaction, before the reactions to that event. It defers its work to a phase of the
 * transaction, so that it depends on no other listener's place.
 */
export const OnEveryEvent = (): MethodDecorator => OnEvent(EVERY_EVENT, options);

/** The method is called with each domain event of this name and its transaction, to do what follows from the event. */
export const OnDomainEvent = (name: EventName): MethodDecorator => OnEvent(name, options);

/** The method is called with audit trail entries that have received their final places, and the transaction that gave them. */
export const OnSealed = (): MethodDecorator => OnEvent(SEALED, options);

/** The method is called with a merchant's id and returns once everything that has happened to this merchant is sealed. */
export const OnCatchUp = (): MethodDecorator => OnEvent(CATCH_UP);

/** The method is called before an earlier answer is repeated, and returns once everything that the answer says is so on all instances. */
export const OnSettle = (): MethodDecorator => OnEvent(SETTLE, options);
