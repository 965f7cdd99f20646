/** What a call resolves to, and the response that it came in. */
export interface WithResponse<T> {
  data: T;
  /** Its body has been read; its headers are there, such as those of `verification.check`. */
  response: Response;
}

/** The promise of a call. */
export interface Answer<T> extends Promise<T> {
  /** Resolves to the data together with the response, for its headers. */
  withResponse(): Promise<WithResponse<T>>;
}

export function toAnswer<T>(result: Promise<WithResponse<T>>): Answer<T> {
  const answer = result.then(({ data }) => data);
  return Object.assign(answer, {
    withResponse: () => {
      // Who asks for both is told of a failure by this promise alone.
      answer.catch(() => undefined);
      return result;
    },
  });
}
