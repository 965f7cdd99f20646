/**
 * The kinds of problems: a record was changed, removed, moved to another position or inserted; a record does not have the hash that was
 * stored elsewhere (`rewritten`); or the chain's stored head does not match its last record (`head`).
 */
export type ProblemKind = 'changed' | 'removed' | 'reordered' | 'inserted' | 'rewritten' | 'head';

export interface Problem {
  kind: ProblemKind;
  /** The position in the chain. */
  sequence: number;
  /** The id of the record at that position, if there is one. */
  eventId: string | null;
  message: string;
}

/** A position in a chain, and the hash of the record there. */
export interface Place {
  sequence: number;
  hash: string;
}

/** Parses `<sequence>:<hash>`. */
export function placeOf(text: string): Place {
  const [sequence, hash = ''] = text.split(':');
  return { sequence: Number(sequence), hash };
}

/** The number of problems after which a verification stops. */
export const PROBLEMS_MAX = 100;
