import type { ImportedKeyBody, ImportFormatBody } from '../api/sdk.js';

/** A file with keys of a former system. What its rows mean is for the server to say. */
export interface KeyFile {
  name: string;
  /** What all keys look like, if the file says so. */
  format: ImportFormatBody | null;
  keys: ImportedKeyBody[];
  /** The line of each key in the file, from 1; its position where the file is one JSON text. */
  lines: number[];
  /** Lines that are no JSON objects. */
  unreadable: number[];
}

/** Reads a file as the API takes keys: lines of JSON, a list of keys, or an object with the keys and their format. */
export async function readKeyFile(file: File): Promise<KeyFile> {
  const text = await file.text();
  return { name: file.name, ...(readWhole(text) ?? readLines(text)) };
}

type Content = Omit<KeyFile, 'name'>;

/** @returns `null` unless the text is one list, or one object with a list of keys */
function readWhole(text: string): Content | null {
  const value = parse(text);
  if (Array.isArray(value)) return contentOf(null, value);
  if (!isObject(value) || !Array.isArray(value.keys)) return null;
  return contentOf(formatIn(value), value.keys);
}

function readLines(text: string): Content {
  const rows = text
    .split('\n')
    .map((line, index) => ({ number: index + 1, line: line.trim() }))
    .filter(({ line }) => line !== '')
    .map(({ number, line }) => ({ number, value: parse(line) }));
  const first = rows[0]?.value;
  const format = isObject(first) ? formatIn(first) : null;
  const ofKeys = format === null ? rows : rows.slice(1);
  return {
    ...contentOf(
      format,
      ofKeys.map(({ value }) => value),
    ),
    lines: ofKeys.map(({ number }) => number),
    unreadable: rows.filter(({ value }) => !isObject(value)).map(({ number }) => number),
  };
}

const contentOf = (format: ImportFormatBody | null, values: unknown[]): Content => ({
  format,
  keys: values as ImportedKeyBody[],
  lines: values.map((_value, index) => index + 1),
  unreadable: values.flatMap((value, index) => (isObject(value) ? [] : [index + 1])),
});

const formatIn = (object: Record<string, unknown>): ImportFormatBody | null =>
  isObject(object.format) ? (object.format as unknown as ImportFormatBody) : null;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
