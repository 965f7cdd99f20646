import { withoutPassword } from '../verification/presented.js';
import { readingsOf } from './readings.js';

/** A full key, and what follows is no part of it. */
export const FULL_KEY = /ks_(?:live|test)_[0-9A-Za-z]{54}(?![0-9A-Za-z])/g;

const PUBLIC_ID = /(?<![\da-f-])(?:[\da-f]{20}|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})(?![\da-f-])/gi;
const PAIR_SECRET = /(?<![\da-f])[\da-f]{64}(?![\da-f])/gi;

/** What surrounds keys in code, in JSON, in URLs, in headers and in logs, from what no key holds to what few hold. */
const SEPARATORS = [
  /[^\x21-\x7e]+/,
  /[^\x21-\x7e]+|["'`<>]+/,
  /[^\x21-\x7e]+|["'`<>,;(){}[\]|&?#\\]+/,
  /[^\x21-\x7e]+|["'`<>,;(){}[\]|&?#\\=@]+/,
  /[^\x21-\x7e]+|["'`<>,;(){}[\]|&?#\\=@:/$%!]+/,
];

/** Punctuation at the end of a sentence. */
const END = /[.,;:!?)\]}]+$/;

/** The most ids and secrets of one reading, and the most words of a text, that are looked at. */
const PARTS_MAX = 10;
const WORDS_MAX = 200;

/** Returns the lengths of the imported keys that may begin at a place of a text; `null` for keys whose lengths vary. */
type LengthsAt = (text: string, at: number) => ReadonlySet<number | null>;

/** Whatever in a text may be a key: the text itself, full keys, pairs and imported keys in it, and its words. */
export function keysIn(text: string, lengthsAt: LengthsAt): string[] {
  const readings = readingsOf(text);
  const words = readings.flatMap((reading) => SEPARATORS.flatMap((separator) => reading.split(separator)));
  return [
    ...new Set([
      text,
      ...readings.flatMap(ownKeysIn),
      ...readings.flatMap((reading) => importedKeysIn(reading, lengthsAt)),
      ...words.slice(0, WORDS_MAX),
    ]),
  ];
}

/** Halves of a pair may be apart, as in JSON. */
function ownKeysIn(text: string): string[] {
  const secrets = (text.match(PAIR_SECRET) ?? []).slice(0, PARTS_MAX);
  const pairs = (text.match(PUBLIC_ID) ?? [])
    .slice(0, PARTS_MAX)
    .flatMap((id) => secrets.map((secret) => `${id}:${secret}`.toLowerCase()));
  return [...(text.match(FULL_KEY) ?? []), ...pairs];
}

/** Imported keys may hold any sign: those without a fixed length end at one of the signs that mostly follow a key. */
function importedKeysIn(text: string, lengthsAt: LengthsAt): string[] {
  const found: string[] = [];
  for (let at = 0; at < text.length && found.length < WORDS_MAX; at += 1)
    for (const length of lengthsAt(text, at)) {
      const rest = text.slice(at);
      if (length !== null) found.push(rest.slice(0, length));
      else for (const separator of SEPARATORS) found.push(...endings(rest.split(separator, 1)[0] ?? ''));
    }
  return found;
}

const endings = (word: string): string[] => [word.replace(END, ''), withoutPassword(word), word];
