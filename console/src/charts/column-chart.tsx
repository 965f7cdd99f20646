import { useEffect, useRef, useState } from 'preact/hooks';
import { useFormats } from '../ui/formats.js';
import type { Columns } from './columns.js';

interface ColumnChartProps {
  of: Columns;
  /** What the chart shows, in words. */
  summary: string;
}

/** Stacked columns. It is a picture; the table beside it says the same in words. */
export function ColumnChart({ of: columns, summary }: ColumnChartProps) {
  const { short } = useFormats();
  const place = useRef<HTMLDivElement>(null);
  const hues = useRef<HTMLSpanElement>(null);
  const [pointed, setPointed] = useState<number | null>(null);
  useEffect(() => {
    let end = (): void => undefined;
    let isGone = false;
    const draw = async (): Promise<void> => {
      const { drawColumns } = await import('./plot.js');
      if (isGone || place.current === null || hues.current === null) return;
      end = drawColumns({
        columns,
        short,
        place: place.current,
        hues: [...hues.current.children],
        onPoint: setPointed,
      });
    };
    // Without it, there is still the table.
    draw().catch(() => undefined);
    return () => {
      isGone = true;
      end();
    };
  }, [columns, short]);
  return (
    <div class="chart">
      <div ref={place} class="plot" role="img" aria-label={summary} />
      <span ref={hues} hidden>
        {columns.layers.map(({ hue }) => (
          <i key={hue} class="hue" data-hue={hue} />
        ))}
      </span>
      {pointed !== null && pointed < columns.labels.length && <Readout of={columns} at={pointed} />}
    </div>
  );
}

/** The numbers of the column that is pointed at, on the other side of the chart. */
function Readout({ of: { labels, layers }, at }: { of: Columns; at: number }) {
  const { number } = useFormats();
  const counted = layers.filter(({ values }) => (values[at] ?? 0) > 0);
  return (
    <div class={at < labels.length / 2 ? 'readout end' : 'readout'} aria-hidden="true">
      <strong>{labels[at]}</strong>
      {counted.length === 0 && <span>{number(0)}</span>}
      {counted.map(({ name, hue, values }) => (
        <span key={hue} class="swatch" data-hue={hue}>
          {name} {number(values[at] ?? 0)}
        </span>
      ))}
    </div>
  );
}
