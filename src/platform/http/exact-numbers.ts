/** A quick sign that a text may hold a number that {@link markInexactNumbers} replaces. */
const SUSPICIOUS = /[:[,\s]-?\d(?:[\d.]{15}|[\d.]*[eE])/;

const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/**
 * Replaces each number of a JSON text that would not be kept exactly by one that is read as infinity, which no validator takes. Numbers are
 * kept as 64-bit floating-point numbers: whole ones beyond 2^53 and fractions with more than 17 digits may become others.
 */
export function markInexactNumbers(json: string): string {
  if (!SUSPICIOUS.test(json)) return json;
  return json.replace(STRING_OR_NUMBER, (token) => (token.startsWith('"') || isExact(token) ? token : '1e999'));
}

function isExact(literal: string): boolean {
  const value = Number(literal);
  return Number.isFinite(value) && normalize(literal) === normalize(String(value));
}

/** Returns the digits of a decimal number without zeros at either end, and the power of ten of the last one. */
function normalize(literal: string): string {
  const [mantissa = '', power = '0'] = literal
    .toLowerCase()
    .replace('-', (sign, at) => (at === 0 ? '' : sign))
    .split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const digits = (whole + fraction).replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  return `${significant}e${Number(power) - fraction.length + digits.length - significant.length}`;
}
