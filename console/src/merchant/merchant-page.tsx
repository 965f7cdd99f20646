import { useQuery } from '@tanstack/preact-query';
import { api } from '../api/client.js';
import type { MerchantView } from '../api/sdk.js';
import { LEVELS, useMay } from '../session/session.js';
import { useTexts } from '../texts/texts.js';
import { Card } from '../ui/card.js';
import { CopyButton } from '../ui/copy-button.js';
import { Facts } from '../ui/facts.js';
import { Failure } from '../ui/failure.js';
import { PageTitle } from '../ui/page-title.js';
import { Time } from '../ui/time.js';
import { DETAILS, MerchantForm, readDetail } from './merchant-form.js';

/** What the server knows about the merchant, and what the operator lets it do. */
export function MerchantPage() {
  const { merchant: texts, common } = useTexts();
  const mayWrite = useMay(LEVELS.writeOwn);
  const query = useQuery({ queryKey: ['merchant'], queryFn: () => api.merchants.readOwn() });
  const { data: merchant } = query;
  return (
    <>
      <PageTitle title={merchant?.name ?? texts.title} />
      <Failure error={query.error} />
      {query.isPending && <p class="faint">{common.loading}</p>}
      {merchant !== undefined && (
        <div class="columns">
          <Card title={texts.details}>{mayWrite ? <MerchantForm of={merchant} /> : <DetailFacts of={merchant} />}</Card>
          <OperatorCard of={merchant} />
        </div>
      )}
    </>
  );
}

function DetailFacts({ of: merchant }: { of: MerchantView }) {
  const { merchant: texts } = useTexts();
  return (
    <Facts
      facts={[
        [texts.name, <bdi>{merchant.name}</bdi>],
        ...DETAILS.filter((detail) => readDetail(merchant, detail) !== '').map(
          (detail) => [texts.fields[detail], <bdi>{readDetail(merchant, detail)}</bdi>] as const,
        ),
      ]}
    />
  );
}

/** What only the operator of the server decides. */
function OperatorCard({ of: { id, clientId, status, scopes, createdAt } }: { of: MerchantView }) {
  const { merchant: texts } = useTexts();
  return (
    <Card title={texts.operator}>
      <Facts
        facts={[
          [texts.status, texts.statuses[status]],
          [
            texts.scopes,
            scopes.includes('*') ? (
              texts.everyScope
            ) : (
              <ul class="plain-list">
                {scopes.map((scope) => (
                  <li key={scope}>
                    <code>{scope}</code>
                  </li>
                ))}
              </ul>
            ),
          ],
          [texts.created, <Time value={createdAt} />],
          [texts.clientId, <code>{clientId}</code>],
          [
            texts.id,
            <span class="row">
              <code class="small">{id}</code> <CopyButton text={id} label={texts.id} />
            </span>,
          ],
        ]}
      />
    </Card>
  );
}
