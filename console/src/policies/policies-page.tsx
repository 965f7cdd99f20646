import { useTexts } from '../texts/texts.js';
import { PageTitle } from '../ui/page-title.js';
import { ExposureCard } from './exposure-card.js';
import { IdleCard } from './idle-card.js';
import { KeyLifeCard } from './key-life-card.js';
import { SignInCard } from './sign-in-card.js';

/** What the server does by itself with keys, and what it demands of them and of members. */
export function PoliciesPage() {
  const { policies: texts } = useTexts();
  return (
    <>
      <PageTitle title={texts.title} />
      <p class="lead">{texts.hint}</p>
      <div class="columns">
        <ExposureCard />
        <IdleCard />
        <KeyLifeCard />
        <SignInCard />
      </div>
    </>
  );
}
