import { useTexts } from '../texts/texts.js';
import { useFormats } from '../ui/formats.js';

/** The size of a column and of the whole, in units of the drawing. */
const STEP = 3;
const BAR = 2;
const HEIGHT = 20;

/** A column for each day, as high as its share of the busiest one, and their sum. */
export function Sparkline({ of: days }: { of: number[] }) {
  const { keys } = useTexts();
  const { number, short } = useFormats();
  const total = days.reduce((sum, count) => sum + count, 0);
  if (total === 0) return <span class="faint">{number(0)}</span>;
  const most = Math.max(...days);
  // A day with a single verification is still seen beside one with thousands.
  const heightOf = (count: number): number => (count === 0 ? 0 : Math.max(1.5, (count / most) * HEIGHT));
  const bars = days.map((count, day) => `M${day * STEP} ${HEIGHT}v-${heightOf(count).toFixed(1)}h${BAR}V${HEIGHT}z`);
  const words = keys.usedOnDays(number(total), number(most));
  return (
    <span class="row sparkline" title={words}>
      <svg viewBox={`0 0 ${days.length * STEP} ${HEIGHT}`} role="img" aria-label={words}>
        <path d={bars.join('')} />
      </svg>
      <span aria-hidden="true">{short(total)}</span>
    </span>
  );
}
