import { useSession } from '../session/session.js';
import { useTexts } from '../texts/texts.js';
import { Card } from '../ui/card.js';
import { Facts } from '../ui/facts.js';
import { Notice } from '../ui/notice.js';
import { PageTitle } from '../ui/page-title.js';
import { Preferences } from '../ui/preferences.js';
import { PasswordForm } from './password-form.js';
import { SecondFactorCard } from './second-factor-card.js';
import { SessionsCard } from './sessions-card.js';
import { lacksFactor, useSecondFactor } from './use-second-factor.js';

/** What a person decides about the own account and the own sessions. */
export function SettingsPage() {
  const { settings, secondFactor, roles } = useTexts();
  const { account } = useSession();
  const { data: factors } = useSecondFactor();
  return (
    <>
      <PageTitle title={settings.title} />
      <div class="stack large">
        {lacksFactor(factors) && <Notice tone="warning">{secondFactor.demanded}</Notice>}
        <div class="columns">
          <Card title={settings.profile}>
            <Facts
              facts={[
                [settings.username, <bdi>{account.username}</bdi>],
                [settings.email, <bdi>{account.email}</bdi>],
                [settings.role, roles[account.role]],
              ]}
            />
            <h3>{settings.preferences}</h3>
            <Preferences />
          </Card>
          <Card title={settings.password}>
            <PasswordForm />
          </Card>
        </div>
        <SecondFactorCard />
        <SessionsCard />
      </div>
    </>
  );
}
