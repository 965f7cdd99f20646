import { useMutation, type UseMutationOptions, type UseMutationResult } from '@tanstack/preact-query';
import { useRef } from 'preact/hooks';

/**
 * A mutation that sends what the latest rendering shows. By itself, a mutation takes its function over only after the browser has painted: somebody
 * who types and presses Enter at once would send a text without its end.
 */
export function useAction<Result, Input = void>(
  options: UseMutationOptions<Result, Error, Input> & {
    mutationFn: NonNullable<UseMutationOptions<Result, Error, Input>['mutationFn']>;
  },
): UseMutationResult<Result, Error, Input> {
  const latest = useRef(options.mutationFn);
  latest.current = options.mutationFn;
  return useMutation({ ...options, mutationFn: (...call) => latest.current(...call) });
}
