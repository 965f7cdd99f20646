import type { IdleTimer } from './idle-timer.js';

/** Values that are sent as lines of JSON: an array, a generator, a stream, or whatever else can be iterated. */
export type Lines<T> = Iterable<T> | AsyncIterable<T>;

const CHUNK_LENGTH = 64 * 1024;

/** Turns values into a body of lines, as fast as it is read. The timer stands still while the next value is waited for. */
export function toStream(values: Lines<unknown>, timer: IdleTimer): ReadableStream<Uint8Array> {
  const chunks = encode(values);
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      timer.stop();
      try {
        const { done, value } = await chunks.next();
        if (done === true) controller.close();
        else controller.enqueue(value);
      } catch (error) {
        timer.thrown = { error };
        throw error;
      }
      timer.start();
    },
    async cancel() {
      await chunks.return(undefined);
    },
  });
}

async function* encode(values: Lines<unknown>): AsyncGenerator<Uint8Array, undefined> {
  const encoder = new TextEncoder();
  let text = '';
  for await (const value of values) {
    text += `${JSON.stringify(value)}\n`;
    if (text.length < CHUNK_LENGTH) continue;
    yield encoder.encode(text);
    text = '';
  }
  if (text !== '') yield encoder.encode(text);
  return undefined;
}

/**
 * Reads the values of a body of lines, or of server-sent events, whose data each are a line of JSON. A caller who stops early ends the request; the timer stands still while the caller is busy.
 */
export async function* fromStream(
  body: ReadableStream<Uint8Array>,
  timer: IdleTimer,
  isOfEvents = false,
): AsyncGenerator {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (;;) {
      timer.start();
      const { done, value } = await reader.read();
      timer.stop();
      const lines = (rest + decoder.decode(value, { stream: !done })).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const json = isOfEvents ? dataOf(line) : line;
        if (json !== '') yield JSON.parse(json);
      }
      if (!done) continue;
      // An event that has not ended is not one.
      if (rest !== '' && !isOfEvents) yield JSON.parse(rest);
      return;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

const DATA = 'data: ';

const dataOf = (line: string): string => (line.startsWith(DATA) ? line.slice(DATA.length) : '');
