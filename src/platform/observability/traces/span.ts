/** Attributes of a span; never a credential or a parameter of a statement. */
export type SpanFacts = Record<string, string | number | boolean>;

type Note = (facts: SpanFacts) => void;

/** Records spans. */
export interface SpanWriter {
  /** Runs `work` as a span of the current request. */
  write<T>(name: string, work: (note: Note) => T): T;
}

let writer: SpanWriter | null = null;

/** Sets the writer of this process's spans; `null` switches traces off. */
export function setSpanWriter(next: SpanWriter | null): void {
  writer = next;
}

/** Whether spans are recorded. */
export const isTraced = (): boolean => writer !== null;

/** Runs `work`, and records it as a span while traces are on. */
export function withSpan<T>(name: string, work: (note: Note) => T): T {
  return writer === null ? work(noteNothing) : writer.write(name, work);
}

const noteNothing: Note = () => undefined;
