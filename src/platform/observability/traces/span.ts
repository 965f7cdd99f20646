/** Facts about a span; never a credential or a parameter of a statement. */
export type SpanFacts = Record<string, string | number | boolean>;

type Note = (facts: SpanFacts) => void;

/** Somebody who writes down what takes how long. */
export interface SpanWriter {
  /** Does `work` as a part of the request that it is done for. */
  write<T>(name: string, work: (note: Note) => T): T;
}

let writer: SpanWriter | null = null;

/** Has `next` write the spans of this process from now on; with `null` nobody does. */
export function setSpanWriter(next: SpanWriter | null): void {
  writer = next;
}

/** Whether anybody writes spans down. */
export const isTraced = (): boolean => writer !== null;

/** Does `work`, and has somebody write down how long it took, if there is anybody who does. */
export function withSpan<T>(name: string, work: (note: Note) => T): T {
  return writer === null ? work(noteNothing) : writer.write(name, work);
}

const noteNothing: Note = () => undefined;
