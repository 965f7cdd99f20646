import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseAnswer } from './raw.js';
import type { Answer } from './http.js';

/**
 * Sends pieces of a request with a pause after each, and then nothing more, until the server closes the connection.
 *
 * @returns what it answered, and how long the connection was open
 */
export async function sendSlowly(
  base: string,
  pieces: Iterable<string>,
  pauseMs = 0,
): Promise<{ answer: Answer; openMs: number }> {
  const { hostname, port } = new URL(base);
  const chunks: Buffer[] = [];
  const socket = connect(Number(port), hostname);
  socket.on('data', (chunk) => chunks.push(chunk)).on('error', () => undefined);
  const start = performance.now();
  const closed = new Promise((resolve) => socket.once('close', resolve));
  const patience = setTimeout(() => socket.destroy(), 15_000);
  for (const piece of pieces) {
    if (socket.destroyed) break;
    socket.write(piece);
    if (pauseMs > 0) await sleep(pauseMs);
  }
  await closed;
  clearTimeout(patience);
  return { answer: parseAnswer(Buffer.concat(chunks).toString('utf8')), openMs: performance.now() - start };
}
