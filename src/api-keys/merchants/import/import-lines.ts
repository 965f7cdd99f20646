import { isUtf8 } from 'node:buffer';
import { Readable } from 'node:stream';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { DomainError } from '../../../platform/events/domain-error.js';
import { isTooDeep } from '../../../platform/http/bodies.js';

/** Bytes of one line, and lines of one body. */
const LINE_MAX = 16 * 1024;
const LINES_MAX = 100_000;

const NEWLINE = 0x0a;

/** One line of an import: what it says, or why it can't be read. */
export interface ImportLine {
  /** From 1; in JSON the place among the keys. */
  line: number;
  value: unknown;
  error?: DomainError;
}

type Parse = (text: string) => unknown;

/** Handler parameter: the lines of the body as they come, first the one with the format, whether it came as NDJSON or as one JSON text. */
export const ImportLines = createParamDecorator((_: unknown, context: ExecutionContext): AsyncIterable<ImportLine> => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  const { body } = request;
  return body instanceof Readable ? readLines(body, parserOf(request)) : linesOf(body);
});

/** @throws {DomainError} for a body that holds no keys */
async function* linesOf(body: unknown): AsyncIterable<ImportLine> {
  if (typeof body !== 'object' || body === null || Object.keys(body).length === 0)
    throw new DomainError('request.body_missing');
  const { format, keys } = body as { format?: unknown; keys?: unknown };
  if (!Array.isArray(keys)) throw DomainError.invalid('keys', 'keys must be an array');
  yield { line: 0, value: { format } };
  for (const [index, value] of keys.entries())
    yield await Promise.resolve({ line: index + 1, value: value as unknown });
}

/** The parser of every other body, which takes no `__proto__`. */
function parserOf(request: FastifyRequest): Parse {
  const parse = request.server.getDefaultJsonParser('error', 'error');
  return (text) => {
    let value: unknown;
    void parse(request, text, (error, parsed: unknown) => {
      if (error || isTooDeep(parsed)) throw new DomainError('request.malformed');
      value = parsed;
    });
    return value;
  };
}

/** @throws {DomainError} `request.too_large` for one line too many */
async function* readLines(body: Readable, parse: Parse): AsyncIterable<ImportLine> {
  let line = 0;
  for await (const bytes of splitLines(body)) {
    line += 1;
    if (line > LINES_MAX) throw new DomainError('request.too_large');
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

/** Lines without what ends them; `null` for one that is too long, of which nothing is kept. The body is read no faster than the lines are. */
async function* splitLines(body: Readable): AsyncIterable<Buffer | null> {
  let rest: Buffer[] = [];
  let length = 0;
  const take = (part: Buffer): void => {
    length += part.length;
    if (length <= LINE_MAX) rest.push(part);
    else rest = [];
  };
  const end = (): Buffer | null => {
    const bytes = length > LINE_MAX ? null : Buffer.concat(rest);
    rest = [];
    length = 0;
    return bytes?.at(-1) === 0x0d ? bytes.subarray(0, -1) : bytes;
  };
  // Whoever stops reading still answers: the connection stays.
  for await (const chunk of body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, from)) {
      take(chunk.subarray(from, at));
      yield end();
      from = at + 1;
    }
    take(chunk.subarray(from));
  }
  if (length > 0) yield end();
}
