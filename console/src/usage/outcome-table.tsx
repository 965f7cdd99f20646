import { useTexts } from '../texts/texts.js';
import { useFormats } from '../ui/formats.js';
import { totalOf } from './periods.js';

/** How often each outcome occurred, the most frequent first, in the colours of the chart. */
export function OutcomeTable({ counts }: { counts: Record<string, number> }) {
  const { usage, outcomes } = useTexts();
  const { number, percent } = useFormats();
  const total = totalOf(counts);
  const refused = total - (counts.VALID ?? 0);
  const rows = Object.entries(counts).sort(([, a], [, b]) => b - a);
  return (
    <table class="outcomes">
      <thead>
        <tr>
          <th scope="col">{usage.outcome}</th>
          <th scope="col" class="number">
            {usage.total}
          </th>
          <th scope="col" class="number">
            {usage.share}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([outcome, n]) => (
          <tr key={outcome}>
            <th scope="row">
              <span class="swatch" data-hue={outcome}>
                {outcomes[outcome as keyof typeof outcomes]}
              </span>
            </th>
            <td class="number">{number(n)}</td>
            <td class="number faint">{percent(n / total)}</td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">{usage.refusedInAll}</th>
          <td class="number">{number(refused)}</td>
          <td class="number faint">{percent(refused / total)}</td>
        </tr>
      </tfoot>
    </table>
  );
}
