import { parseObject } from './revocation.js';

const FORMAT = 'keywright-revocations';
const VERSION = 1;

/** The first line of a journal's file. */
export interface JournalHeader {
  /** The id of the database whose keys the journal is about. */
  database: string;
  /** The process that has written the file, or merged it from others. */
  instance: string;
  startedAt: string;
  /** The files of the process hold all its revocations from this revision of the database on. */
  revision: number;
  /** The highest revision of an entry that was dropped because of its age; 0 if none was. */
  forgotten: number;
}

export const formatHeader = (header: JournalHeader): string =>
  `${JSON.stringify({ format: FORMAT, version: VERSION, ...header })}\n`;

/** @returns `null` if the text is not the header of a journal, or `newer` if it is one of a newer version */
export function parseHeader(text: string): JournalHeader | 'newer' | null {
  const { format, version, ...header } = (parseObject(text) ?? {}) as Partial<JournalHeader> & {
    format?: unknown;
    version?: unknown;
  };
  if (format !== FORMAT) return null;
  if (version !== VERSION) return 'newer';
  const { database, instance, startedAt, revision, forgotten } = header;
  const isText = [database, instance, startedAt].every((value) => typeof value === 'string');
  const isCounted = [revision, forgotten].every((value) => Number.isSafeInteger(value));
  return isText && isCounted ? (header as JournalHeader) : null;
}
