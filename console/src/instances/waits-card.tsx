import { useMemo } from 'preact/hooks';
import type { RevocationWaitsView, WaitRangeView } from '../api/sdk.js';
import { ColumnChart } from '../charts/column-chart.js';
import type { Columns } from '../charts/columns.js';
import { useTexts } from '../texts/texts.js';
import { Card } from '../ui/card.js';
import { Empty } from '../ui/empty.js';
import { useFormats } from '../ui/formats.js';

/** How long revocations waited until every instance refused the key. */
export function WaitsCard({ of: { count, totalMs, waiting, ranges } }: { of: RevocationWaitsView }) {
  const { instances: texts } = useTexts();
  const { number, duration } = useFormats();
  const columns = useMemo(
    (): Columns => ({
      labels: ranges.map((range) => nameOf(range, ranges, duration)),
      layers: [{ name: texts.revocations, hue: 'VALID', values: ranges.map((range) => range.count) }],
    }),
    [ranges, texts, duration],
  );
  const summary = texts.waitsSummary(number(count), duration(totalMs / Math.max(1, count)));
  return (
    <Card title={texts.waits}>
      <div class="stack">
        <p class="faint small">{texts.waitsHint}</p>
        {waiting > 0 && <p>{texts.waiting(waiting)}</p>}
        {count === 0 ? (
          <Empty title={texts.noWaits} hint={texts.noWaitsHint} />
        ) : (
          <>
            <p>{summary}</p>
            <div class="usage-body">
              <ColumnChart of={columns} summary={summary} />
              <WaitTable of={columns} />
            </div>
          </>
        )}
      </div>
    </Card>
  );
}

function WaitTable({ of: { labels, layers } }: { of: Columns }) {
  const { instances: texts } = useTexts();
  const { number } = useFormats();
  const counts = layers[0]?.values ?? [];
  return (
    <table class="outcomes">
      <thead>
        <tr>
          <th scope="col">{texts.within}</th>
          <th scope="col" class="number">
            {texts.revocations}
          </th>
        </tr>
      </thead>
      <tbody>
        {labels.map(
          (label, index) =>
            (counts[index] ?? 0) > 0 && (
              <tr key={label}>
                <th scope="row">{label}</th>
                <td class="number">{number(counts[index] ?? 0)}</td>
              </tr>
            ),
        )}
      </tbody>
    </table>
  );
}

/** Writes a range by its bound; the last one has only that of the range before. */
function nameOf({ upToMs }: WaitRangeView, ranges: WaitRangeView[], duration: (ms: number) => string): string {
  if (upToMs !== null) return `≤ ${duration(upToMs)}`;
  return `> ${duration(ranges.at(-2)?.upToMs ?? 0)}`;
}
