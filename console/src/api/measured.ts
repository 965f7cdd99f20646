/** What a request resolved to, and how long that took, in milliseconds. */
export interface Measured<T> {
  result: T;
  elapsedMs: number;
}

export async function measured<T>(request: () => PromiseLike<T>): Promise<Measured<T>> {
  const start = performance.now();
  const result = await request();
  return { result, elapsedMs: performance.now() - start };
}
