const REDACTED = '[redacted]';

/** Names of fields and headers whose values are redacted. A link with a token is not: a mail is written to the log for its link. */
const NAMES = [
  '(?:proxy-)?authorization',
  '(?:set-)?cookie',
  '(?:\\w*_)?passw(?:or)?d',
  '(?:\\w*_)?secrets?',
  'apisecret',
  '(?:x-)?api-key',
  'fullKey',
  '(?:\\w*_|access|refresh)token',
  '(?<![?&])token',
];

const STRING = String.raw`"(?:[^"\\]|\\.)*"`;

/** What a list holds beside lists. */
const ITEM = String.raw`[^[\]"\\]|\\.|${STRING}`;

/**
 * A value in JSON, in JSON within a JSON string, or as people write it. A list ends, or is given up, at the second list within it: were a list
 * without an end followed to the end of the line, a line of many would take time by the square of its length.
 */
const VALUE = [
  STRING,
  String.raw`\[(?:${ITEM}|\[(?:${ITEM})*\])*\]`,
  // In JSON within a JSON string, a quote has backslashes before it.
  String.raw`(?<outer>\\+")(?:(?!(?<!\\)\k<outer>).){0,5000}\k<outer>`,
  String.raw`'(?:[^'\\]|\\.)*'`,
  String.raw`[^\s,;&"'\\{}[\]()\x1b]+`,
].join('|');

/** An escape sequence with which the console colours a value. */
const COLOUR = String.raw`(?:(?:\x1b|\\u001b)\[\d+m)*`;

/** The beginning of a name, also after a percent-encoded character, as in a URL within a URL. */
const BEGINNING = String.raw`(?:(?<![\w-])|(?<=%[\da-f]{2}))`;

const namedBy = (names: readonly string[]): RegExp =>
  new RegExp(String.raw`(${BEGINNING}(?:${names.join('|')})(\\*"|'|)(?: ?: ?|=|%3D)${COLOUR})(?:${VALUE})`, 'gi');

/** Patterns of credentials, and their replacements. */
const RULES: [RegExp, string][] = [
  // The rest of the line after the name of a header: cookies contain spaces.
  [/\b((?:set-)?cookie: )(?:\\[^nr]|[^"\\\r\n])+/gi, `$1${REDACTED}`],
  // These may follow any character: in "%3Dks_live_…" it is a letter.
  [/(Bearer|Basic)(?: +|%20|\+)[\w.~+/=:%-]{4,}/gi, `$1 ${REDACTED}`],
  [/(ks_(?:live|test)_)[0-9A-Za-z]{4,}/g, `$1${REDACTED}`],
  [/(whs(?:ec|k)_)[\w+/=%-]{4,}/g, `$1${REDACTED}`],
  [/[0-9a-f]{64,}/gi, REDACTED],
  [/(\b[a-z][a-z\d+.-]{0,20}:\/\/[^\s:/?#"'\\]{0,200}):[^\s/?#"'\\]{0,500}@/gi, `$1:${REDACTED}@`],
];

/** Redacts credentials in a log line. */
export type Redactor = (line: string) => string;

/**
 * Creates a function that redacts credentials in a log line, whether it is for people or JSON, which stays valid. This is the second line of
 * defence: no code logs credentials on purpose, and texts of an unknown shape, such as keys of a former system, are not found.
 *
 * @param header the name of another header that may hold a key
 */
export function createRedactor(header?: string): Redactor {
  const named = namedBy(header === undefined ? NAMES : [...NAMES, header.replaceAll(/[^\w-]/g, String.raw`\$&`)]);
  return (line) => {
    let redacted = redactTokens(line);
    for (const [pattern, replacement] of RULES) redacted = redacted.replace(pattern, replacement);
    // The replacement is quoted if the name is: JSON has no unquoted strings.
    return redacted.replace(named, (_, name: string, quote: string) => `${name}${quote}${REDACTED}${quote}`);
  };
}

export const redact = createRedactor();

/** The characters of a token, with those around it that look alike. */
const MAY_HOLD_TOKEN = /[\w.-]+/g;

/** Redacts tokens (JWT): three parts, the first of which begins with `eyJ`. A single pattern would look for the parts from each `eyJ` on. */
function redactTokens(line: string): string {
  if (!line.includes('eyJ')) return line;
  return line.replace(MAY_HOLD_TOKEN, (text) => {
    if (!text.includes('eyJ')) return text;
    const parts: string[] = [];
    // The first part of a token is the first one with its beginning that two others follow.
    const all = text.split('.');
    for (let at = 0; at < all.length; at += 1) {
      const part = all[at] ?? '';
      const start = at + 2 < all.length ? part.indexOf('eyJ') : -1;
      parts.push(start === -1 ? part : part.slice(0, start) + REDACTED);
      if (start !== -1) at += 2;
    }
    return parts.join('.');
  });
}
