import { hashRecord } from '../record.js';
import type { AuditEvent } from '../audit-event.entity.js';

/** A record whose hash doesn't match its content. */
export interface Suspect {
  event: AuditEvent;
  position: number;
}

/**
 * Finds the original positions of records that were moved but not otherwise changed. A move may have changed the position alone, the
 * position and the previous hash, or exchanged all other columns of two rows.
 *
 * @param vacant positions without a record
 * @returns the original positions that are known
 */
export function findOrigins(suspects: Suspect[], vacant: number[]): Map<Suspect, number> {
  const at = new Map(suspects.map(({ event, position }) => [position, event]));
  const origins = new Map<Suspect, number>();
  for (const suspect of suspects) {
    const { position } = suspect;
    const candidates = new Set([position - 1, position + 1, ...at.keys(), ...vacant]);
    candidates.delete(position);
    for (const candidate of candidates)
      if (belongs(suspect, candidate, at.get(candidate))) origins.set(suspect, candidate);
  }
  return origins;
}

/** @param there the record that is at this position now */
function belongs({ event }: Suspect, position: number, there: AuditEvent | undefined): boolean {
  const hashes = new Set([event.hash, there?.hash]);
  return [event.previousHash, there?.previousHash].some(
    (previousHash) =>
      previousHash !== undefined && hashes.has(hashRecord({ ...event, sequence: position, previousHash })),
  );
}
