import { Route, Switch } from 'wouter-preact';
import { AccountsPage } from '../accounts/accounts-page.js';
import { ApplicationsPage } from '../applications/applications-page.js';
import { AuditPage } from '../audit/audit-page.js';
import { HousekeepingPage } from '../housekeeping/housekeeping-page.js';
import { ClientKeysPage } from '../client-keys/client-keys-page.js';
import { ImportPage } from '../imports/import-page.js';
import { InstancesPage } from '../instances/instances-page.js';
import { KeyPage } from '../key/key-page.js';
import { KeysPage } from '../keys/keys-page.js';
import { MembersPage } from '../members/members-page.js';
import { MerchantsPage } from '../merchants/merchants-page.js';
import { MerchantPage } from '../merchant/merchant-page.js';
import { MyKeysPage } from '../my-keys/my-keys-page.js';
import { OverviewPage } from '../overview/overview-page.js';
import { PoliciesPage } from '../policies/policies-page.js';
import { SettingsPage } from '../settings/settings-page.js';
import { TrafficPage } from '../traffic/traffic-page.js';
import { WebhookPage } from '../webhooks/webhook-page.js';
import { WebhooksPage } from '../webhooks/webhooks-page.js';
import { Layout } from './layout.js';
import { NotFoundPage } from './not-found-page.js';

/** What is behind the sign-in: every page, at its path. */
export function Pages() {
  return (
    <Layout>
      <Switch>
        <Route path="/" component={OverviewPage} />
        <Route path="/keys" component={KeysPage} />
        <Route path="/keys/:id">{({ id }) => <KeyPage key={id} id={id} />}</Route>
        <Route path="/import" component={ImportPage} />
        <Route path="/applications" component={ApplicationsPage} />
        <Route path="/client-keys" component={ClientKeysPage} />
        <Route path="/members" component={MembersPage} />
        <Route path="/webhooks" component={WebhooksPage} />
        <Route path="/webhooks/:id">{({ id }) => <WebhookPage key={id} id={id} />}</Route>
        <Route path="/policies" component={PoliciesPage} />
        <Route path="/audit" component={AuditPage} />
        <Route path="/merchant" component={MerchantPage} />
        <Route path="/merchants" component={MerchantsPage} />
        <Route path="/accounts" component={AccountsPage} />
        <Route path="/traffic" component={TrafficPage} />
        <Route path="/instances" component={InstancesPage} />
        <Route path="/housekeeping" component={HousekeepingPage} />
        <Route path="/my-keys" component={MyKeysPage} />
        <Route path="/settings" component={SettingsPage} />
        <Route component={NotFoundPage} />
      </Switch>
    </Layout>
  );
}
