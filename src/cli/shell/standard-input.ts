import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { UsageError } from './failure.js';

/** The most that is read. A line with a secret is far shorter. */
const CHARACTERS_MAX = 10_000;

/**
 * Reads one line with a secret from standard input. At a terminal it asks for it, and shows nothing of what is typed.
 *
 * @param what is read, for the question and the error
 * @throws {UsageError} when there is none, or more than one line
 */
export async function readSecretLine(what: string): Promise<string> {
  const text = process.stdin.isTTY ? await ask(what) : await readAll(what);
  const line = text.replace(/\r?\n$/, '');
  if (line === '') throw new UsageError(`There is no ${what} on standard input.`);
  if (/[\r\n]/.test(line)) throw new UsageError(`Standard input must hold the ${what} alone, in one line.`);
  return line;
}

async function ask(what: string): Promise<string> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const reader = createInterface({ input: process.stdin, output: silent, terminal: true });
  process.stderr.write(`Enter the ${what} (it is not shown): `);
  try {
    return await reader.question('');
  } finally {
    reader.close();
    process.stderr.write('\n');
  }
}

async function readAll(what: string): Promise<string> {
  let text = '';
  process.stdin.setEncoding('utf8');
  for await (const chunk of process.stdin as AsyncIterable<string>) {
    text += chunk;
    if (text.length > CHARACTERS_MAX) throw new UsageError(`Standard input must hold the ${what} alone, in one line.`);
  }
  return text;
}
