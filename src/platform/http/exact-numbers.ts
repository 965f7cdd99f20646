import type { FieldProblem } from '../events/domain-error.js';

/** Numbers with so many digits, or with exponents so large, that JSON might not keep them. All others are exact. */
const SUSPECT = /[\d.]{16}|\d[eE][+-]?\d{3}/;

const TOKEN = /"(?:[^"\\]|\\.)*"|[[\]{},:]|-?\d[\d.eE+-]*/g;

/** A number without its sign: its digits and its power of ten. */
const NUMBER = /^-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/** An array or object that is being read, and the place within it. */
interface Level {
  isArray: boolean;
  place: string | number;
}

/**
 * Finds the numbers of a JSON text that JavaScript's own, of which JSON texts are made here, would change: those with more digits than fit, and those
 * that are too large or too small.
 *
 * @param text valid JSON
 */
export function findInexactNumbers(text: string): FieldProblem[] {
  if (!SUSPECT.test(text)) return [];
  const problems: FieldProblem[] = [];
  const levels: Level[] = [];
  let last = '';
  for (const [token] of text.matchAll(TOKEN)) {
    const level = levels.at(-1);
    if (token === '{' || token === '[') levels.push({ isArray: token === '[', place: 0 });
    else if (token === '}' || token === ']') levels.pop();
    else if (token === ',' && level?.isArray) level.place = Number(level.place) + 1;
    else if (token === ':' && level) level.place = JSON.parse(last) as string;
    else if (/^[-\d]/.test(token) && !isExact(token)) problems.push(describe(levels));
    last = token;
  }
  return problems;
}

function describe(levels: readonly Level[]): FieldProblem {
  const field = levels.map(({ place }) => place).join('.') || 'body';
  return { field, message: `${field} must be a number that JSON keeps exactly; send it as a string` };
}

const isExact = (token: string): boolean => canonical(token) === canonical(String(Number(token)));

/** Spells a number in one way; `null` for infinity. */
function canonical(token: string): string | null {
  const [, whole, fraction = '', exponent = '0'] = NUMBER.exec(token) ?? [];
  if (whole === undefined) return null;
  const digits = (whole + fraction).replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  return `${significant}e${BigInt(exponent) - BigInt(fraction.length) + BigInt(digits.length - significant.length)}`;
}
