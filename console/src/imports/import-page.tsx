import { useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import { api } from '../api/client.js';
import { refresh } from '../api/queries.js';
import type { ImportFormatBody, ImportReport } from '../api/sdk.js';
import { useAction } from '../api/use-action.js';
import { useTexts } from '../texts/texts.js';
import { Button } from '../ui/button.js';
import { Card } from '../ui/card.js';
import { Failure } from '../ui/failure.js';
import { Notice } from '../ui/notice.js';
import { PageTitle } from '../ui/page-title.js';
import { FileField } from './file-field.js';
import { FormatFields } from './format-fields.js';
import { readKeyFile, type KeyFile } from './key-file.js';
import { ReportCard } from './report-card.js';

/** The most lines that are named when a file cannot be read. */
const LINES_SHOWN = 10;

/** Takes keys over from a former system: a file is chosen, tried, and then imported. */
export function ImportPage() {
  const { imports: texts } = useTexts();
  const [file, setFile] = useState<KeyFile | null>(null);
  const [typed, setTyped] = useState<ImportFormatBody>({ prefix: '' });
  const send = async (options: { dryRun?: boolean }): Promise<ImportReport> =>
    api.imports.createFromLines([{ format: file?.format ?? typed }, ...(file?.keys ?? [])], options);
  const trial = useAction({ mutationFn: () => send({ dryRun: true }) });
  const work = useAction({ mutationFn: () => send({}), onSuccess: () => void refresh() });
  const isBusy = trial.isPending || work.isPending;
  const forget = (): void => {
    trial.reset();
    work.reset();
  };
  const choose = (chosen: File): void => {
    forget();
    void readKeyFile(chosen).then(setFile);
  };
  const report = work.data ?? trial.data;
  const wouldImport = trial.data?.imported ?? 0;
  return (
    <>
      <PageTitle title={texts.title} />
      <p class="lead">{texts.hint}</p>
      <div class="stack large">
        <Card title={texts.file}>
          <form
            class="stack"
            onSubmit={(event) => {
              event.preventDefault();
              forget();
              trial.mutate();
            }}
          >
            <FileField name={file?.name} onChoose={choose} />
            {file !== null && <Contents of={file} />}
            {file !== null && isReadable(file) && file.format === null && (
              <FormatFields
                format={typed}
                onChange={(format) => {
                  forget();
                  setTyped(format);
                }}
              />
            )}
            <Failure error={work.error ?? trial.error} />
            {file !== null && isReadable(file) && work.data === undefined && (
              <div class="row">
                <Button type="submit" kind={wouldImport > 0 ? 'plain' : 'primary'} isBusy={isBusy}>
                  {texts.tryIt}
                </Button>
                {wouldImport > 0 && (
                  <Button kind="primary" isBusy={isBusy} onClick={() => work.mutate()}>
                    {texts.doIt(wouldImport)}
                  </Button>
                )}
              </div>
            )}
          </form>
        </Card>
        {report !== undefined && file !== null && <ReportCard of={report} lines={file.lines} />}
        {work.data !== undefined && (
          <p>
            <Link class="button primary" href="/keys">
              {texts.toKeys}
            </Link>
          </p>
        )}
      </div>
    </>
  );
}

const isReadable = ({ keys, unreadable }: KeyFile): boolean => keys.length > 0 && unreadable.length === 0;

function Contents({ of: file }: { of: KeyFile }) {
  const { imports: texts } = useTexts();
  if (file.unreadable.length > 0)
    return (
      <Notice tone="bad">
        {texts.unreadable(file.unreadable.length)} {file.unreadable.slice(0, LINES_SHOWN).join(', ')}
        {file.unreadable.length > LINES_SHOWN && '…'}
      </Notice>
    );
  return <p>{file.keys.length === 0 ? texts.noKeys : texts.keysIn(file.keys.length)}</p>;
}
