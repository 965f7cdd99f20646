import { useTexts } from '../texts/texts.js';
import { useFormats } from './formats.js';

/** A time as the distance from now, with the exact one on hover; `null` is written as "never". */
export function Time({ value, never }: { value: string | null; never?: string }) {
  const { common } = useTexts();
  const { relative, exact } = useFormats();
  if (value === null) return <span class="faint">{never ?? common.never}</span>;
  return (
    <time dateTime={value} title={exact(value)}>
      {relative(value)}
    </time>
  );
}
