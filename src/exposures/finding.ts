import type { ExposureSource } from '../api-keys/api-key.entity.js';
import type { Actor } from '../platform/events/actor.js';

/** A text that may be an exposed key. */
export interface Finding {
  text: string;
  source: ExposureSource;
  /** Where the text was found, in the reporter's words. */
  place: string | null;
  /** The origin of the report, or of the request that exposed the key. */
  origin: Pick<Actor, 'address' | 'userAgent' | 'requestId'>;
}

/** How many texts are encrypted, or looked up, at a time: it keeps the event loop busy for less than a millisecond. */
export const TEXTS_AT_ONCE = 5;

/** The most characters of a place. */
const PLACE_MAX = 300;

/** The replacement for a secret. */
const HIDDEN = '…';

/** Patterns of secrets. */
const SECRETS = /ks_(?:live|test)_[0-9A-Za-z]*|[0-9A-Za-z_-]{48,}/g;

/** Texts shorter than any key are not redacted. */
const KEY_MIN = 8;

/** Invisible characters, and those that end a line. */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]/gu;

/**
 * Cleans a reporter's words for storage and display: one line, without the queries of URLs, the keys themselves, and any text as long as a
 * secret.
 */
export function describeLocation(words: string | null | undefined, keys: readonly string[] = []): string | null {
  if (!words) return null;
  const withoutKeys = keys
    .filter(({ length }) => length >= KEY_MIN)
    .reduce((text, key) => text.replaceAll(key, HIDDEN), words.slice(0, 4000));
  const line = withoutKeys.replace(UNSEEN, ' ').replace(/\?\S*/g, `?${HIDDEN}`).replace(SECRETS, HIDDEN).trim();
  return Array.from(line.toWellFormed()).slice(0, PLACE_MAX).join('') || null;
}
