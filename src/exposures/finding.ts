import type { ExposureSource } from '../api-keys/api-key.entity.js';
import type { Actor } from '../platform/events/actor.js';

/** A text that may be a key, found where others can read it. */
export interface Finding {
  text: string;
  source: ExposureSource;
  /** Where it was found, in the finder's words. */
  place: string | null;
  /** Of whoever reported it, or sent it. */
  origin: Pick<Actor, 'address' | 'userAgent' | 'requestId'>;
}

/** Characters of a place. */
const PLACE_MAX = 300;

/** What stands in place of a secret. */
const HIDDEN = '…';

/** Parts of a text that are secrets, or belong to one, wherever they come from. */
const SECRETS = /ks_(?:live|test)_[0-9A-Za-z]*|[0-9A-Za-z_-]{48,}/g;

/** Shorter texts than any key can be; where they stand by chance nothing is hidden. */
const KEY_MIN = 8;

/** What isn't seen in a line of text, or would end it. */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]/gu;

/**
 * A finder's words as they may be kept and shown: one line, without the query of an address, the keys themselves and whatever else is as long
 * as a secret.
 */
export function describeLocation(words: string | null | undefined, keys: readonly string[] = []): string | null {
  if (!words) return null;
  const withoutKeys = keys
    .filter(({ length }) => length >= KEY_MIN)
    .reduce((text, key) => text.replaceAll(key, HIDDEN), words.slice(0, 4000));
  const line = withoutKeys.replace(UNSEEN, ' ').replace(/\?\S*/g, `?${HIDDEN}`).replace(SECRETS, HIDDEN).trim();
  return Array.from(line.toWellFormed()).slice(0, PLACE_MAX).join('') || null;
}
