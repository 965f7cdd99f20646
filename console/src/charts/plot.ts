import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Columns } from './columns.js';

interface Drawing {
  columns: Columns;
  short: (n: number) => string;
  /** What the chart is drawn into, as wide and high as that is. Its colours are those of the axes and of the grid. */
  place: HTMLElement;
  /** An element for each layer, which has its colour. */
  hues: Element[];
  /** Takes the index of the column that is pointed at; `null` when that ends. */
  onPoint: (index: number | null) => void;
}

/** The share of its place that a column takes, and its greatest width in pixels. */
const COLUMN_SIZE: [share: number, widest: number] = [0.76, 56];

const FONT = '12px system-ui, sans-serif';

/** About how wide a character of a label is, and the distance between two labels, in pixels. */
const CHARACTER_WIDTH = 7;
const LABEL_GAP = 32;

/** Whole steps of an axis: 1, 2, 5, 10, … */
const STEPS = Array.from({ length: 40 }, (_, n) => [1, 2, 5].map((step) => step * 10 ** n)).flat();

/**
 * Draws stacked columns, and draws them anew when their place or the theme changes.
 *
 * @returns what removes them
 */
export function drawColumns(drawing: Drawing): () => void {
  const { columns, place } = drawing;
  const plot = new uPlot(optionsOf(drawing), stack(columns), place);
  const fit = new ResizeObserver(() => plot.setSize(sizeOf(place)));
  fit.observe(place);
  const redraw = (): void => plot.redraw();
  const scheme = matchMedia('(prefers-color-scheme: dark)');
  scheme.addEventListener('change', redraw);
  const theme = new MutationObserver(redraw);
  theme.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  return () => {
    fit.disconnect();
    theme.disconnect();
    scheme.removeEventListener('change', redraw);
    plot.destroy();
  };
}

/** Returns the place of each column, and for each layer how high it reaches there. */
function stack({ labels, layers }: Columns): uPlot.AlignedData {
  const tops: number[][] = [];
  for (const { values } of layers) tops.push(values.map((value, index) => value + (tops.at(-1)?.[index] ?? 0)));
  return [labels.map((_, index) => index), ...tops];
}

const drawBars = uPlot.paths.bars?.({ size: COLUMN_SIZE });

const sizeOf = ({ clientWidth: width, clientHeight: height }: HTMLElement) => ({ width, height });

function optionsOf({ columns: { labels }, short, place, hues, onPoint }: Drawing): uPlot.Options {
  const colours = getComputedStyle(place);
  const labelWidth = Math.max(...labels.map(({ length }) => length)) * CHARACTER_WIDTH + LABEL_GAP;
  const axis = { stroke: () => colours.color, font: FONT, ticks: { show: false } };
  return {
    ...sizeOf(place),
    padding: [8, 12, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
    scales: {
      x: { time: false, range: () => [-0.5, labels.length - 0.5] },
      y: { range: (_, _min, max) => [0, Math.max(1, max) * 1.05] },
    },
    axes: [
      {
        ...axis,
        size: 26,
        grid: { show: false },
        splits: ({ width }) => spread(labels.length, Math.floor(width / labelWidth)),
        values: (_, splits) => splits.map((index) => labels[index] ?? ''),
      },
      {
        ...axis,
        size: 46,
        space: 40,
        incrs: STEPS,
        grid: { stroke: () => colours.borderTopColor, width: 1 },
        values: (_, splits) => splits.map(short),
      },
    ],
    series: [
      {},
      ...hues.map((hue) => ({
        width: 0,
        points: { show: false },
        fill: () => getComputedStyle(hue).color,
        ...(drawBars && { paths: drawBars }),
      })),
    ],
    // Each layer begins where the one below ends.
    bands: hues.slice(1).map((_, index) => ({ series: [index + 2, index + 1] })),
    hooks: { setCursor: [({ cursor }) => onPoint(cursor.idx ?? null)] },
  };
}

/** Returns some of `count` indices, at even distances, at most `most` of them. */
function spread(count: number, most: number): number[] {
  const step = Math.ceil(count / Math.max(1, most));
  return Array.from({ length: Math.ceil(count / step) }, (_, n) => n * step);
}
