import { isUtf8 } from 'node:buffer';
import { Readable } from 'node:stream';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '../../../platform/events/domain-error.js';
import { isTooDeep } from '../../../platform/http/bodies.js';
import { markInexactNumbers } from '../../../platform/http/exact-numbers.js';

/** The maximum number of bytes in a line, and of lines and bytes in a body. */
const LINE_MAX = 16 * 1024;
const LINES_MAX = 100_000;
const BYTES_MAX = 128 * 1024 * 1024;

/** The number of bytes after which a line that is too long is no longer skipped: it may have no end. */
const SKIPPED_MAX = 256 * 1024;

const NEWLINE = 0x0a;

/** A line of an import: its value, or why it can't be read. */
export interface ImportLine {
  /** The number of the line, from 1; in JSON, the position among the keys. */
  line: number;
  value: unknown;
  error?: DomainError;
}

type Parse = (text: string) => unknown;

/**
 * Handler parameter: the lines of an NDJSON body as they arrive, or the parts of a JSON body as lines, unless the route takes only `lines`. The
 * first line holds the format.
 */
export const ImportLines = createParamDecorator(
  (only: 'lines' | undefined, context: ExecutionContext): AsyncIterable<ImportLine> => {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const { body } = request;
    if (!(body instanceof Readable)) {
      if (only && body != null) throw new DomainError('request.unsupported_media_type');
      return readJson(body);
    }
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    // What comes after the end of the import isn't read.
    return readNdjson(body, createParser(request), () => void reply.header('Connection', 'close'));
  },
);

/** @throws {DomainError} if the body has no keys */
async function* readJson(body: unknown): AsyncIterable<ImportLine> {
  if (typeof body !== 'object' || body === null || Object.keys(body).length === 0)
    throw new DomainError('request.body_missing');
  const { keys, ...head } = body as { keys?: unknown };
  if (!Array.isArray(keys)) throw DomainError.invalid('keys', 'keys must be an array');
  yield { line: 0, value: head };
  for (const [index, value] of keys.entries())
    yield await Promise.resolve({ line: index + 1, value: value as unknown });
}

/** Creates the parser that is used for all other bodies. It refuses `__proto__`. */
function createParser(request: FastifyRequest): Parse {
  const parse = request.server.getDefaultJsonParser('error', 'error');
  return (text) => {
    let value: unknown;
    void parse(request, markInexactNumbers(text), (error, parsed: unknown) => {
      if (error || isTooDeep(parsed)) throw new DomainError('request.malformed');
      value = parsed;
    });
    return value;
  };
}

/**
 * @param onEnd is called before the body is read no further
 * @throws {DomainError} `request.too_large` if there are too many lines or bytes, or a line without an end
 */
async function* readNdjson(body: Readable, parse: Parse, onEnd: () => void): AsyncIterable<ImportLine> {
  let line = 0;
  const refuse = (): never => {
    onEnd();
    throw new DomainError('request.too_large');
  };
  for await (const bytes of splitLines(body, refuse)) {
    line += 1;
    if (line > LINES_MAX) refuse();
    if (bytes === null) yield { line, value: undefined, error: new DomainError('request.too_large') };
    else if (bytes.length > 0) yield readLine(line, bytes, parse);
  }
}

function readLine(line: number, bytes: Buffer, parse: Parse): ImportLine {
  try {
    if (!isUtf8(bytes)) throw new DomainError('request.malformed');
    return { line, value: parse(bytes.toString()) };
  } catch (error) {
    return {
      line,
      value: undefined,
      error: error instanceof DomainError ? error : new DomainError('request.malformed'),
    };
  }
}

/**
 * Yields lines without their terminators, or `null` for one that is too long. The body is read no faster than the lines are consumed.
 *
 * @param refuse is called for a line without an end, and for a body that is too long
 */
async function* splitLines(body: Readable, refuse: () => never): AsyncIterable<Buffer | null> {
  let total = 0;
  let parts: Buffer[] = [];
  let length = 0;
  const append = (part: Buffer): void => {
    length += part.length;
    if (length <= LINE_MAX) parts.push(part);
    else parts = [];
  };
  const endLine = (): Buffer | null => {
    const bytes = length > LINE_MAX ? null : Buffer.concat(parts);
    parts = [];
    length = 0;
    return bytes?.at(-1) === 0x0d ? bytes.subarray(0, -1) : bytes;
  };
  // The connection must survive if the caller stops reading, because the response is still to be sent.
  for await (const chunk of body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    total += chunk.length;
    if (total > BYTES_MAX) refuse();
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, from)) {
      append(chunk.subarray(from, at));
      yield endLine();
      from = at + 1;
    }
    append(chunk.subarray(from));
    if (length > SKIPPED_MAX) refuse();
  }
  if (length > 0) yield endLine();
}
