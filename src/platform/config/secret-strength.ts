/** The characters that a secret must have. */
export const SECRET_LENGTH = 32;

/** The entropy that a secret must have, in bits: as much as 32 hexadecimal digits of a random generator. */
export const BITS_MIN = 128;

/** The number of characters that are judged; the rest can only add to them. */
const JUDGED_MAX = 256;

/** Characters, and the bits that each of them can carry. */
const ALPHABETS: [RegExp, number][] = [
  [/^\d+$/, Math.log2(10)],
  [/^[\da-f]+$/i, 4],
  [/^[\da-z]+$/, Math.log2(36)],
  [/^[\dA-Z]+$/, Math.log2(36)],
  [/^[\w+/=-]+$/, 6],
];

const BITS_OF_ANY = Math.log2(95);

/** Words, together or apart, which a number may follow. */
const WORDS = /^(?:[A-Z]?[a-z]+[ ,._-]*)+[\d\W_]{0,8}$|^[A-Z]+(?:[ ,._-]+[A-Z]+)*[\d\W_]{0,8}$/;

/** The bits of a character in words (Shannon, "Prediction and entropy of printed English", 1951, with some for their choice). */
const BITS_OF_WORDS = 2;

/** The shortest repetition and the shortest sequence of neighbours that count: shorter ones occur by chance. */
const PATTERN_MIN = 8;

/** Added to the entropy that is measured, which in a short text falls short of that of its source. */
const BITS_OF_CHANCE = 1.2;

/**
 * Estimates the entropy of a secret, in bits, as far as a text can show it: repeated and neighbouring characters, few different ones, and words
 * lower it. What a random generator has made keeps what its alphabet can carry.
 */
export function estimateBits(text: string): number {
  const secret = text.slice(0, JUDGED_MAX);
  const characters = Array.from(secret);
  const [, capacity] = ALPHABETS.find(([alphabet]) => alphabet.test(secret)) ?? [null, BITS_OF_ANY];
  const bits = Math.min(
    capacity,
    WORDS.test(secret) ? BITS_OF_WORDS : Infinity,
    measureBits(characters) + BITS_OF_CHANCE,
  );
  return Math.floor(bits * (characters.length - countPredictable(secret)));
}

/** The entropy of a character by how often each one occurs, with Miller and Madow's correction for short texts. */
function measureBits(characters: string[]): number {
  const counts = new Map<string, number>();
  for (const character of characters) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = (counts.size - 1) / (2 * characters.length * Math.LN2);
  for (const count of counts.values()) bits -= (count / characters.length) * Math.log2(count / characters.length);
  return bits;
}

/** The number of characters that repeat what comes before them, or go on with a sequence like 12345678. */
function countPredictable(secret: string): number {
  let predictable = 0;
  let at = 1;
  while (at < secret.length) {
    const length = Math.max(repetitionAt(secret, at), sequenceAt(secret, at));
    predictable += length;
    at += Math.max(1, length);
  }
  return predictable;
}

/** The length of the longest text from here on that begins before as well; 0 if it is too short to count. */
function repetitionAt(secret: string, at: number): number {
  let longest = 0;
  for (let from = 0; from < at; from += 1) {
    let length = 0;
    while (at + length < secret.length && secret[from + length] === secret[at + length]) length += 1;
    longest = Math.max(longest, length);
  }
  return longest >= PATTERN_MIN ? longest : 0;
}

/** The number of characters from here on that are all the next, or all the one before, of the one before them; 0 if there are too few. */
function sequenceAt(secret: string, at: number): number {
  const step = secret.charCodeAt(at) - secret.charCodeAt(at - 1);
  if (Math.abs(step) !== 1) return 0;
  let length = 1;
  while (secret.charCodeAt(at + length) - secret.charCodeAt(at + length - 1) === step) length += 1;
  return length >= PATTERN_MIN ? length : 0;
}
