import { useTexts } from '../texts/texts.js';
import { useFormats } from '../ui/formats.js';

/** What a run has done, or would do. */
export function useCounts(): (counts: Record<string, number>) => string[] {
  const { housekeeping } = useTexts();
  const { number } = useFormats();
  return (counts) =>
    Object.entries(counts).map(
      ([action, n]) => `${number(n)} ${housekeeping.actions[action] ?? action.replaceAll('_', ' ')}`,
    );
}
