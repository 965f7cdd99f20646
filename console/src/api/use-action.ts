import { useMutation, type UseMutationOptions, type UseMutationResult } from '@tanstack/preact-query';
import { useRef } from 'preact/hooks';

/**
 * A mutation that sends what the latest rendering shows, and does nothing while it is under way, so that a double click is one. By itself, a mutation
 * takes its function over, and buttons become busy, only after the browser has painted: somebody who types and presses Enter at once would send a
 * text without its end.
 */
export function useAction<Result, Input = void>(
  options: UseMutationOptions<Result, Error, Input> & {
    mutationFn: NonNullable<UseMutationOptions<Result, Error, Input>['mutationFn']>;
  },
): UseMutationResult<Result, Error, Input> {
  const latest = useRef(options.mutationFn);
  latest.current = options.mutationFn;
  const isUnderWay = useRef(false);
  const mutation = useMutation<Result, Error, Input>({
    ...options,
    mutationFn: async (...call) => {
      try {
        return await latest.current(...call);
      } finally {
        isUnderWay.current = false;
      }
    },
  });
  const mutate: typeof mutation.mutate = (...call) => {
    if (isUnderWay.current) return;
    isUnderWay.current = true;
    mutation.mutate(...call);
  };
  return { ...mutation, mutate };
}
