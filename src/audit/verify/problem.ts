/**
 * What was done to a chain: a record was changed, removed, moved to another place or put in; a record isn't the one whose hash was kept elsewhere
 * (`rewritten`); or the end that is noted for the chain isn't its last record (`head`).
 */
export type ProblemKind = 'changed' | 'removed' | 'reordered' | 'inserted' | 'rewritten' | 'head';

export interface Problem {
  kind: ProblemKind;
  /** The place in the chain. */
  sequence: number;
  /** The record that is there, if one is. */
  eventId: string | null;
  message: string;
}

/** A place in a chain and the hash of the record there. */
export interface Place {
  sequence: number;
  hash: string;
}

/** @param text `<sequence>:<hash>` */
export function placeOf(text: string): Place {
  const [sequence, hash = ''] = text.split(':');
  return { sequence: Number(sequence), hash };
}

/** Problems after which it isn't looked any further. */
export const ENOUGH = 100;
