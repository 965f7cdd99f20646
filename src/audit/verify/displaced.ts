import { hashRecord } from '../record.js';
import type { AuditEvent } from '../audit-event.entity.js';

/** A record whose hash isn't that of what it says. */
export interface Suspect {
  event: AuditEvent;
  place: number;
}

/**
 * Finds where records belong that are unchanged but for their place: whether it was only their number that was changed, also the hash
 * before, or whether everything else was exchanged between two rows.
 *
 * @param vacant places without a record
 * @returns the place where each belongs, of those where that is known
 */
export function originsOf(suspects: Suspect[], vacant: number[]): Map<Suspect, number> {
  const at = new Map(suspects.map(({ event, place }) => [place, event]));
  const origins = new Map<Suspect, number>();
  for (const suspect of suspects) {
    const { place } = suspect;
    const candidates = new Set([place - 1, place + 1, ...at.keys(), ...vacant]);
    candidates.delete(place);
    for (const candidate of candidates)
      if (belongs(suspect, candidate, at.get(candidate))) origins.set(suspect, candidate);
  }
  return origins;
}

/** @param there the record that is now where this one may belong */
function belongs({ event }: Suspect, place: number, there: AuditEvent | undefined): boolean {
  const hashes = new Set([event.hash, there?.hash]);
  return [event.previousHash, there?.previousHash].some(
    (previousHash) => previousHash !== undefined && hashes.has(hashRecord({ ...event, sequence: place, previousHash })),
  );
}
