const REDACTED = '[redacted]';

/** Names of fields and headers whose values nobody needs to read. A link with a token is what a mail is written to the log for. */
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

/** A value as JSON has it, the same within a text that is in JSON itself, and as people write it. */
const VALUE = [
  String.raw`"(?:[^"\\]|\\.)*"`,
  String.raw`\[(?:[^\]"]|"(?:[^"\\]|\\.)*")*\]`,
  // Within it, a quote has more backslashes before it.
  String.raw`(?<outer>\\+")(?:(?!(?<!\\)\k<outer>).){0,5000}\k<outer>`,
  String.raw`'(?:[^'\\]|\\.)*'`,
  String.raw`[^\s,;&"'\\{}[\]()\x1b]+`,
].join('|');

/** With which the console may colour a value. */
const COLOUR = String.raw`(?:(?:\x1b|\\u001b)\[\d+m)*`;

/** A name's beginning, also behind a character that is percent-encoded, as in an address within an address. */
const BEGINNING = String.raw`(?:(?<![\w-])|(?<=%[\da-f]{2}))`;

const NAMED = new RegExp(String.raw`(${BEGINNING}(?:${NAMES})(\\*"|'|)(?: ?: ?|=|%3D)${COLOUR})(?:${VALUE})`, 'gi');

/** What looks like a credential wherever it stands, and what is shown in its place. */
const RULES: [RegExp, string][] = [
  // Of a header that was written out, everything up to the end of the line: cookies have gaps in them.
  [/\b((?:set-)?cookie: )(?:\\[^nr]|[^"\\\r\n])+/gi, `$1${REDACTED}`],
  // These may follow anything: of "%3Dks_live_…" the last character is a letter, too.
  [/(Bearer|Basic)(?: +|%20|\+)[\w.~+/=:%-]{4,}/gi, `$1 ${REDACTED}`],
  [/(ks_(?:live|test)_)[0-9A-Za-z]{4,}/g, `$1${REDACTED}`],
  [/(whs(?:ec|k)_)[\w+/=%-]{4,}/g, `$1${REDACTED}`],
  [/eyJ[\w-]*\.[\w-]*\.[\w-]*/g, REDACTED],
  [/[0-9a-f]{64,}/gi, REDACTED],
  [/(\b[a-z][a-z\d+.-]{0,20}:\/\/[^\s:/?#"'\\]{0,200}):[^\s/?#"'\\]{0,500}@/gi, `$1:${REDACTED}@`],
];

/**
 * Replaces what looks like a credential in a line of the log, whether it is for people or JSON, which stays JSON. It is the second line of
 * defence: nobody logs credentials on purpose, and what looks like none, such as a key of a former system, isn't found.
 */
export function redact(line: string): string {
  let redacted = line;
  for (const [pattern, replacement] of RULES) redacted = redacted.replace(pattern, replacement);
  // In the quotes of its name: JSON has no value without.
  return redacted.replace(NAMED, (_, name: string, quote: string) => `${name}${quote}${REDACTED}${quote}`);
}
