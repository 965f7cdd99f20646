import type { Caller } from '../../access/caller.js';
import { LEVELS } from '../../access/levels.js';

/** The level of a new key when none is asked for: enough for a merchant's own things, and never above the caller's. */
export const defaultLevel = ({ level }: Pick<Caller, 'level'>): number => Math.min(LEVELS.writeOwn, level);
