import { useQuery } from '@tanstack/preact-query';
import { useSearchParams } from 'wouter-preact';
import type { UsageIntervalView } from '../api/sdk.js';
import { useTexts } from '../texts/texts.js';
import { Empty } from '../ui/empty.js';
import { Failure } from '../ui/failure.js';
import { useFormats } from '../ui/formats.js';
import { ScrollArea } from '../ui/scroll-area.js';
import { BarChart } from './bar-chart.js';
import { OutcomeTable } from './outcome-table.js';
import { barsOf, PERIODS, startOf, sumByOutcome, type Bar, type Period } from './periods.js';

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
  const { usage, common } = useTexts();
  const { date, hour } = useFormats();
  const label = (start: string): string => {
    if (period === '30d') return date(start);
    return period === '24h' ? hour(start) : `${date(start)}, ${hour(start)}`;
  };
  const counts = sumByOutcome(intervals);
  if (Object.keys(counts).length === 0) return <Empty title={usage.none} hint={usage.noneHint} />;
  const bars = barsOf(period, intervals);
  return (
    <>
      <div class="usage-body">
        <BarChart bars={bars} label={label} />
        <OutcomeTable counts={counts} />
      </div>
      <details>
        <summary>{common.showTable}</summary>
        <IntervalTable bars={bars} label={label} />
      </details>
    </>
  );
}

function IntervalTable({ bars, label }: { bars: Bar[]; label: (start: string) => string }) {
  const { usage } = useTexts();
  const { number } = useFormats();
  return (
    <ScrollArea label={usage.byTime}>
      <table>
        <thead>
          <tr>
            <th scope="col">{usage.time}</th>
            <th scope="col" class="number">
              {usage.valid}
            </th>
            <th scope="col" class="number">
              {usage.refused}
            </th>
          </tr>
        </thead>
        <tbody>
          {bars.map(({ start, valid, refused }) => (
            <tr key={start}>
              <th scope="row">{label(start)}</th>
              <td class="number">{number(valid)}</td>
              <td class="number">{number(refused)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollArea>
  );
}
