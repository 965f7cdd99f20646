import { useTexts } from '../texts/texts.js';
import { PageTitle } from '../ui/page-title.js';
import { ExposureCard } from './exposure-card.js';
import { IdleCard } from './idle-card.js';

/** What the server does by itself with exposed keys, and with those that nobody uses. */
export function PoliciesPage() {
  const { policies: texts } = useTexts();
  return (
    <>
      <PageTitle title={texts.title} />
      <p class="lead">{texts.hint}</p>
      <div class="columns">
        <ExposureCard />
        <IdleCard />
      </div>
    </>
  );
}
