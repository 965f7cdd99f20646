import { useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import type { ApplicationView } from '../api/sdk.js';
import { LEVELS, useMay } from '../session/session.js';
import { useTexts } from '../texts/texts.js';
import { ActionsHeader } from '../ui/actions.js';
import { Badge } from '../ui/badge.js';
import { Button } from '../ui/button.js';
import { Empty } from '../ui/empty.js';
import { Failure } from '../ui/failure.js';
import { PageTitle } from '../ui/page-title.js';
import { Time } from '../ui/time.js';
import { ApplicationActions } from './application-actions.js';
import { CreateApplicationDialog } from './application-dialogs.js';
import { useApplications } from './use-applications.js';

/** The applications of the merchant. */
export function ApplicationsPage() {
  const { applications: texts, common } = useTexts();
  const query = useApplications();
  const mayWrite = useMay(LEVELS.writeOwn);
  const [isCreating, setCreating] = useState(false);
  const create = mayWrite && (
    <Button kind="primary" onClick={() => setCreating(true)}>
      {texts.create}
    </Button>
  );
  return (
    <>
      <PageTitle title={texts.title}>{create}</PageTitle>
      <p class="lead">{texts.hint}</p>
      <Failure error={query.error} />
      {query.isPending && <p class="faint">{common.loading}</p>}
      {query.data?.length === 0 && (
        <Empty title={texts.empty} hint={texts.emptyHint}>
          {create}
        </Empty>
      )}
      {query.data !== undefined && query.data.length > 0 && (
        <ApplicationTable applications={query.data} mayWrite={mayWrite} />
      )}
      {isCreating && <CreateApplicationDialog onClose={() => setCreating(false)} />}
    </>
  );
}

function ApplicationTable({ applications, mayWrite }: { applications: ApplicationView[]; mayWrite: boolean }) {
  const { applications: texts, keys } = useTexts();
  return (
    <table class="cards">
      <thead>
        <tr>
          <th scope="col">{texts.name}</th>
          <th scope="col">{texts.environment}</th>
          <th scope="col">{texts.status}</th>
          <th scope="col">{texts.created}</th>
          {mayWrite && <ActionsHeader />}
        </tr>
      </thead>
      <tbody>
        {applications.map((application) => (
          <tr key={application.id}>
            <th scope="row" class="name">
              <Link href={`/keys?application=${application.id}`} title={texts.showKeys(application.name)}>
                <bdi>{application.name}</bdi>
              </Link>
              {application.description !== null && (
                <span class="faint small">
                  <bdi>{application.description}</bdi>
                </span>
              )}
            </th>
            <td data-label={texts.environment}>{keys.environments[application.environment]}</td>
            <td data-label={texts.status}>
              <Badge tone={application.isEnabled ? 'good' : 'warning'}>
                {application.isEnabled ? texts.enabled : texts.disabled}
              </Badge>
            </td>
            <td data-label={texts.created}>
              <Time value={application.createdAt} />
            </td>
            {mayWrite && (
              <td class="end">
                <ApplicationActions of={application} />
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
