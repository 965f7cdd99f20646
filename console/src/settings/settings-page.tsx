import { useSession } from '../session/session.js';
import { useTexts } from '../texts/texts.js';
import { Card } from '../ui/card.js';
import { Facts } from '../ui/facts.js';
import { PageTitle } from '../ui/page-title.js';
import { Preferences } from '../ui/preferences.js';
import { PasswordForm } from './password-form.js';
import { SessionsCard } from './sessions-card.js';

/** What a person decides about the own account and the own sessions. */
export function SettingsPage() {
  const { settings, roles } = useTexts();
  const { account } = useSession();
  return (
    <>
      <PageTitle title={settings.title} />
      <div class="stack large">
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
        <SessionsCard />
      </div>
    </>
  );
}
