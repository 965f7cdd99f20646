import { useQuery } from '@tanstack/preact-query';
import { useMemo } from 'preact/hooks';
import { useSearchParams } from 'wouter-preact';
import type { UsageIntervalView } from '../api/sdk.js';
import { ColumnChart } from '../charts/column-chart.js';
import type { Columns } from '../charts/columns.js';
import { useTexts } from '../texts/texts.js';
import { Empty } from '../ui/empty.js';
import { Failure } from '../ui/failure.js';
import { useFormats } from '../ui/formats.js';
import { ScrollArea } from '../ui/scroll-area.js';
import { OutcomeTable } from './outcome-table.js';
import { fillIntervals, PERIODS, startOf, sumByOutcome, totalOf, type Period } from './periods.js';

interface UsagePanelProps {
  /** What the usage is of, for the cache. */
  of: string;
  read: (options: { from: string; interval: 'day' | 'hour' }) => Promise<{ intervals: UsageIntervalView[] }>;
}

const isPeriod = (text: string | null): text is Period => text !== null && text in PERIODS;

/** Verifications by outcome over a period, which the address of the page names. */
export function UsagePanel({ of, read }: UsagePanelProps) {
  const { usage, common } = useTexts();
  const [search, setSearch] = useSearchParams();
  const asked = search.get('period');
  const period = isPeriod(asked) ? asked : '24h';
  const query = useQuery({
    queryKey: ['usage', of, period],
    queryFn: () => read({ from: startOf(period).toISOString(), interval: PERIODS[period].interval }),
    refetchInterval: 60_000,
  });
  const names: Record<Period, string> = { '24h': usage.last24Hours, '7d': usage.last7Days, '30d': usage.last30Days };
  const choose = (chosen: Period): void =>
    setSearch(
      (params) => {
        params.set('period', chosen);
        return params;
      },
      { replace: true },
    );
  return (
    <section class="card usage" aria-labelledby="usage-title">
      <header>
        <h2 id="usage-title">{usage.title}</h2>
        <div class="segments" role="group" aria-label={usage.period}>
          {(Object.keys(PERIODS) as Period[]).map((one) => (
            <button key={one} type="button" aria-pressed={one === period} onClick={() => choose(one)}>
              {names[one]}
            </button>
          ))}
        </div>
      </header>
      <Failure error={query.error} />
      {query.isPending && <p class="faint placeholder">{common.loading}</p>}
      {query.data !== undefined && <Usage period={period} intervals={query.data.intervals} />}
    </section>
  );
}

function Usage({ period, intervals }: { period: Period; intervals: UsageIntervalView[] }) {
  const { usage, outcomes, common } = useTexts();
  const { date, hour, number } = useFormats();
  const counts = sumByOutcome(intervals);
  const label = (start: string): string => {
    if (period === '30d') return date(start);
    return period === '24h' ? hour(start) : `${date(start)}, ${hour(start)}`;
  };
  const columns = useMemo((): Columns => {
    const filled = fillIntervals(period, intervals);
    const occurred = (Object.keys(outcomes) as (keyof typeof outcomes)[]).filter((outcome) => outcome in counts);
    const layers = occurred.map((outcome) => ({
      name: outcomes[outcome],
      hue: outcome,
      values: filled.map((interval) => interval.counts[outcome] ?? 0),
    }));
    return { labels: filled.map(({ start }) => label(start)), layers };
  }, [period, intervals, outcomes, date]);
  const { VALID: valid = 0 } = counts;
  const total = totalOf(counts);
  if (total === 0) return <Empty title={usage.none} hint={usage.noneHint} />;
  return (
    <>
      <div class="usage-body">
        <ColumnChart of={columns} summary={usage.summary(number(valid), number(total - valid))} />
        <OutcomeTable counts={counts} />
      </div>
      <details>
        <summary>{common.showTable}</summary>
        <IntervalTable of={columns} />
      </details>
    </>
  );
}

function IntervalTable({ of: { labels, layers } }: { of: Columns }) {
  const { usage } = useTexts();
  const { number } = useFormats();
  return (
    <ScrollArea label={usage.byTime}>
      <table>
        <thead>
          <tr>
            <th scope="col">{usage.time}</th>
            {layers.map(({ name }) => (
              <th key={name} scope="col" class="number">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {labels.map((label, index) => (
            <tr key={index}>
              <th scope="row">{label}</th>
              {layers.map(({ name, values }) => (
                <td key={name} class="number">
                  {number(values[index] ?? 0)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollArea>
  );
}
