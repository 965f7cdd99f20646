const PERCENT_ENCODED = /(?:%[\da-f]{2})+/gi;
const ESCAPED = /\\(?:u00([2-7][\da-f])|(["'/\\]))/gi;
const BASE64 = /[\w+/-]{24,}/g;
const VISIBLE = /^[\x20-\x7e]+$/;

/** The most readings of one text. */
const READINGS_MAX = 10;

/** The text as it is, decoded from URLs and from strings of code, and what is encoded in it in Base64, as by `Authorization: Basic`. */
export function readingsOf(text: string): string[] {
  const readings = new Set([text]);
  // What is added is read as well.
  for (const reading of readings) {
    if (readings.size >= READINGS_MAX) break;
    readings.add(reading.replaceAll(PERCENT_ENCODED, decodePercent));
    readings.add(
      reading.replaceAll(ESCAPED, (_, code: string, sign: string) => sign || String.fromCharCode(parseInt(code, 16))),
    );
    for (const [encoded] of reading.matchAll(BASE64)) {
      const decoded = Buffer.from(encoded, 'base64').toString();
      if (VISIBLE.test(decoded)) readings.add(decoded);
    }
  }
  return [...readings].slice(0, READINGS_MAX);
}

function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
