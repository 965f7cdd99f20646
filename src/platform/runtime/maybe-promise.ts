/** A value that is there at once, or a promise of it. What is answered from memory costs no promise. */
export type MaybePromise<T> = T | Promise<T>;

/** Calls `next` at once with a value that is there, later with one that is promised; `onRejected` takes a rejected promise's reason. */
export function andThen<T, R>(
  value: MaybePromise<T>,
  next: (value: T) => MaybePromise<R>,
  onRejected?: (reason: unknown) => MaybePromise<R>,
): MaybePromise<R> {
  return value instanceof Promise ? value.then(next, onRejected) : next(value);
}
