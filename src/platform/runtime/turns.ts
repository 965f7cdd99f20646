import { setImmediate as nextTurn } from 'node:timers/promises';

/** Lets waiting requests have their turn before the work goes on. Work that awaits nothing else would keep them waiting. */
export const letOthersIn = (): Promise<void> => nextTurn();

/** How many rows a large request processes at a time: it keeps the event loop busy for about a millisecond. */
export const ROWS_AT_ONCE = 20;
