import { useSearchParams } from 'wouter-preact';
import { api } from '../api/client.js';
import { MerchantFilter } from '../merchants/merchant-filter.js';
import { useTexts } from '../texts/texts.js';
import { PageTitle } from '../ui/page-title.js';
import { UsagePanel } from '../usage/usage-panel.js';

/** How often keys were verified, and with which outcomes: those of all merchants, or of the one that the address of the page names. */
export function TrafficPage() {
  const { traffic: texts } = useTexts();
  const [params, setParams] = useSearchParams();
  const merchantId = params.get('merchant') ?? '';
  const whose = merchantId === '' ? { allMerchants: true } : { merchantId };
  const showAll = (): void =>
    setParams((former) => {
      former.delete('merchant');
      return former;
    });
  return (
    <>
      <PageTitle title={texts.title} />
      <p class="lead">{texts.hint}</p>
      {merchantId !== '' && (
        <div class="toolbar">
          <MerchantFilter id={merchantId} onRemove={showAll} />
        </div>
      )}
      <UsagePanel
        of={merchantId === '' ? 'all merchants' : merchantId}
        read={(options) => api.insight.readUsage({ ...options, ...whose })}
      />
    </>
  );
}
