/** The blocks of code points in which letters have a case. */
const CASED: [from: number, below: number][] = [
  [0, 0x2e80],
  [0xa640, 0xac00],
  [0xff21, 0xff5b],
  [0x10400, 0x1e944],
];

const COMBINING_DOT = /\u0307$/;

/** All spellings of each letter that has several, by the form that they have in common. */
let spellings: Map<string, string[]> | undefined;

/** Returns all letters that differ from a character by case alone, with the character itself. */
export function spellingsOf(character: string): string[] {
  spellings ??= collectSpellings();
  return spellings.get(fold(character)) ?? [character];
}

function collectSpellings(): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const [from, below] of CASED)
    for (let point = from; point < below; point += 1) {
      const letter = String.fromCodePoint(point);
      if (letter.toLowerCase() === letter && letter.toUpperCase() === letter) continue;
      const key = fold(letter);
      found.set(key, [...(found.get(key) ?? []), letter]);
    }
  return found;
}

/** The form that a letter has in common with its other cases: one character, also for the Turkish İ and for ß. */
function fold(letter: string): string {
  const upper = letter.toUpperCase();
  return (isOne(upper) ? upper : letter).toLowerCase().replace(COMBINING_DOT, '') || letter;
}

const isOne = (text: string): boolean =>
  text.length === 1 || (text.length === 2 && (text.codePointAt(0) ?? 0) > 0xffff);
