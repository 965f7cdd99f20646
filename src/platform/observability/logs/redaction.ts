const REDACTED = '[redacted]';

/** Names of fields and headers whose values are redacted. A link with a token is not: a mail is written to the log for its link. */
const NAMES = [
  '(?:proxy-)?authorization',
  '(?:set-)?cookie',
  '(?:\\w*_)?passw(?:or)?d',
  '(?:\\w*_)?secrets?',
  'apisecret',
  'x-api-key',
  'fullKey',
  '(?:\\w*_|access|refresh)token',
  '(?<![?&])token',
].join('|');

/** A value in JSON, in JSON within a JSON string, or as people write it. */
const VALUE = [
  String.raw`"(?:[^"\\]|\\.)*"`,
  String.raw`\[(?:[^\]"]|"(?:[^"\\]|\\.)*")*\]`,
  // In JSON within a JSON string, a quote has backslashes before it.
  String.raw`(?<outer>\\+")(?:(?!(?<!\\)\k<outer>).){0,5000}\k<outer>`,
  String.raw`'(?:[^'\\]|\\.)*'`,
  String.raw`[^\s,;&"'\\{}[\]()\x1b]+`,
].join('|');

/** An escape sequence with which the console colours a value. */
const COLOUR = String.raw`(?:(?:\x1b|\\u001b)\[\d+m)*`;

/** The beginning of a name, also after a percent-encoded character, as in a URL within a URL. */
const BEGINNING = String.raw`(?:(?<![\w-])|(?<=%[\da-f]{2}))`;

const NAMED = new RegExp(String.raw`(${BEGINNING}(?:${NAMES})(\\*"|'|)(?: ?: ?|=|%3D)${COLOUR})(?:${VALUE})`, 'gi');

/** Patterns of credentials, and their replacements. */
const RULES: [RegExp, string][] = [
  // The rest of the line after the name of a header: cookies contain spaces.
  [/\b((?:set-)?cookie: )(?:\\[^nr]|[^"\\\r\n])+/gi, `$1${REDACTED}`],
  // These may follow any character: in "%3Dks_live_…" it is a letter.
  [/(Bearer|Basic)(?: +|%20|\+)[\w.~+/=:%-]{4,}/gi, `$1 ${REDACTED}`],
  [/(ks_(?:live|test)_)[0-9A-Za-z]{4,}/g, `$1${REDACTED}`],
  [/(whs(?:ec|k)_)[\w+/=%-]{4,}/g, `$1${REDACTED}`],
  [/eyJ[\w-]*\.[\w-]*\.[\w-]*/g, REDACTED],
  [/[0-9a-f]{64,}/gi, REDACTED],
  [/(\b[a-z][a-z\d+.-]{0,20}:\/\/[^\s:/?#"'\\]{0,200}):[^\s/?#"'\\]{0,500}@/gi, `$1:${REDACTED}@`],
];

/**
 * Redacts credentials in a log line, whether it is for people or JSON, which stays valid. This is the second line of defence: no code logs
 * credentials on purpose, and texts of an unknown shape, such as keys of a former system, are not found.
 */
export function redact(line: string): string {
  let redacted = line;
  for (const [pattern, replacement] of RULES) redacted = redacted.replace(pattern, replacement);
  // The replacement is quoted if the name is: JSON has no unquoted strings.
  return redacted.replace(NAMED, (_, name: string, quote: string) => `${name}${quote}${REDACTED}${quote}`);
}
