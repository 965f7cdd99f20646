import type { ImportProblemView, ImportReport } from '../api/sdk.js';
import { useTexts } from '../texts/texts.js';
import { Card } from '../ui/card.js';
import { Notice } from '../ui/notice.js';

interface ReportCardProps {
  of: ImportReport;
  /** The line of each key in the file. */
  lines: number[];
}

/** What an import did, or would do. */
export function ReportCard({ of: report, lines }: ReportCardProps) {
  const { imports: texts } = useTexts();
  const { dryRun, imported, existing, failed, results, sharedFormat } = report;
  return (
    <Card title={dryRun ? texts.trial : texts.done}>
      <ul>
        <li>{dryRun ? texts.wouldImport(imported) : texts.imported(imported)}</li>
        {existing > 0 && <li>{texts.existing(existing)}</li>}
        {failed > 0 && <li>{texts.failed(failed)}</li>}
      </ul>
      {sharedFormat === true && <Notice tone="warning">{texts.sharedFormat}</Notice>}
      {results.length > 0 && <ProblemTable problems={results} lines={lines} />}
    </Card>
  );
}

/** The server counts from the line of the format, which comes before the keys. */
const lineOf = ({ line }: ImportProblemView, lines: number[]): number => lines[line - 2] ?? line;

function ProblemTable({ problems, lines }: { problems: ImportProblemView[]; lines: number[] }) {
  const { imports: texts } = useTexts();
  return (
    <table class="cards">
      <thead>
        <tr>
          <th scope="col">{texts.line}</th>
          <th scope="col">{texts.externalId}</th>
          <th scope="col">{texts.problem}</th>
        </tr>
      </thead>
      <tbody>
        {problems.map((problem) => (
          <tr key={problem.line}>
            <th scope="row">{lineOf(problem, lines)}</th>
            <td data-label={texts.externalId}>
              <bdi>{problem.externalId ?? '–'}</bdi>
            </td>
            <td data-label={texts.problem}>
              <bdi>{problem.details?.map(({ message }) => message).join('; ') ?? problem.message}</bdi>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
