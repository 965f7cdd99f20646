/** Things in their order, so many at a time. */
export function* inBatches<T>(things: readonly T[], size: number): Generator<T[]> {
  for (let from = 0; from < things.length; from += size) yield things.slice(from, from + size);
}
