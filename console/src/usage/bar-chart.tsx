import { useState } from 'preact/hooks';
import { useTexts } from '../texts/texts.js';
import { useFormats } from '../ui/formats.js';
import type { Bar } from './periods.js';

const HEIGHT = 100;
/** The width of a bar and the gap after it, in units of the drawing, which is stretched to the width of the page. */
const STEP = 10;
const BAR = 7.5;

const ROUND = [1, 1.5, 2, 3, 4, 5, 6, 8, 10];

/** The least round number that is not below a value. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, value)));
  return (ROUND.find((factor) => factor * power >= value) ?? 10) * power;
}

interface BarChartProps {
  bars: Bar[];
  /** How the start of an interval is written. */
  label: (start: string) => string;
}

/** Valid and refused verifications over time. It is a picture; the table beside it says the same in words. */
export function BarChart({ bars, label }: BarChartProps) {
  const { usage } = useTexts();
  const { number, short } = useFormats();
  const [pointed, setPointed] = useState<number | null>(null);
  const top = roundUp(Math.max(...bars.map(({ valid, refused }) => valid + refused)));
  const sum = (kind: 'valid' | 'refused'): string => number(bars.reduce((total, bar) => total + bar[kind], 0));
  const bar = pointed === null ? undefined : bars[pointed];
  const point = (event: PointerEvent): void => {
    const { left, width } = (event.currentTarget as SVGElement).getBoundingClientRect();
    setPointed(Math.min(bars.length - 1, Math.max(0, Math.floor(((event.clientX - left) / width) * bars.length))));
  };
  const marks = [0, Math.floor((bars.length - 1) / 2), bars.length - 1];
  return (
    <div class="chart">
      <p class="readout" aria-hidden="true">
        {bar === undefined ? (
          <>
            <span class="key valid">{usage.valid}</span> <span class="key refused">{usage.refused}</span>
          </>
        ) : (
          `${label(bar.start)} · ${usage.summary(number(bar.valid), number(bar.refused))}`
        )}
      </p>
      <div class="scale" aria-hidden="true">
        <span>{short(top)}</span>
        <span>{short(top / 2)}</span>
        <span>0</span>
      </div>
      <svg
        viewBox={`0 0 ${bars.length * STEP} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={usage.summary(sum('valid'), sum('refused'))}
        onPointerMove={point}
        onPointerLeave={() => setPointed(null)}
      >
        {[0, HEIGHT / 2, HEIGHT].map((y) => (
          <line key={y} class="grid" x1="0" x2={bars.length * STEP} y1={y} y2={y} />
        ))}
        {bars.map(({ start, valid, refused }, index) => {
          const validHeight = (valid / top) * HEIGHT;
          const refusedHeight = (refused / top) * HEIGHT;
          return (
            <g key={start} class={index === pointed ? 'pointed' : undefined}>
              <rect class="column" x={index * STEP} y="0" width={STEP} height={HEIGHT} />
              <rect class="valid" x={index * STEP} y={HEIGHT - validHeight} width={BAR} height={validHeight} />
              <rect
                class="refused"
                x={index * STEP}
                y={HEIGHT - validHeight - refusedHeight}
                width={BAR}
                height={refusedHeight}
              />
            </g>
          );
        })}
      </svg>
      <div class="marks" aria-hidden="true">
        {marks.map((index) => (
          <span key={index}>{label(bars[index]?.start ?? '')}</span>
        ))}
      </div>
    </div>
  );
}
