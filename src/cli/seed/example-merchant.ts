import { DAY_SECONDS } from '../../platform/runtime/clock.js';
import { Transactions } from '../../platform/database/transactions/transactions.js';
import { WebhooksService } from '../../webhooks/endpoints/webhooks.service.js';
import { Pauses } from '../../webhooks/sending/pauses.js';
import type { WebhookEndpoint } from '../../webhooks/webhook-endpoint.entity.js';
import { ExampleKeys } from './example-keys.js';
import { ExampleMembers, type Member } from './example-members.js';
import { KEY_PROFILES } from './key-profiles.js';
import type { PastClock } from './past-clock.js';
import type { UseService } from './use-service.js';

/** Addresses for documentation (RFC 5737), which lead nowhere. */
export const WEBHOOK_NETWORK = '198.51.100.0/24';

/** A merchant to explore. */
export interface ExampleMerchant {
  clientId: string;
  /** Those who can log in, the first of whom has created almost everything. */
  members: Member[];
  /** Credentials, by what they show. */
  keys: Record<string, string>;
}

/**
 * Creates a merchant with four months of history, by the services that requests go through: whatever they would refuse or record is refused or
 * recorded here, too. The clock only ever moves forward, so that the audit trail is in the order of time.
 */
export async function createExampleMerchant(
  use: UseService,
  clock: PastClock,
  name: string,
  password: string,
): Promise<ExampleMerchant> {
  const members = new ExampleMembers(use, password);
  const keys = new ExampleKeys(use, clock);

  clock.setTo(120.2);
  const owner = await members.found(name, { firstName: 'Ada', lastName: 'Lovelace', role: 'user' });
  clock.setTo(119.8);
  const manager = await members.join(owner, { firstName: 'Grace', lastName: 'Hopper', role: 'user' });
  clock.setTo(118.3);
  const developer = await members.join(manager, { firstName: 'Alan', lastName: 'Turing', role: 'writeSome' });
  const reader = await members.join(manager, { firstName: 'Katherine', lastName: 'Johnson', role: 'readOnly' });
  const former = await members.join(owner, { firstName: 'Charles', lastName: 'Babbage', role: 'user' });
  await keys.createApplications(owner);
  await keys.issueAll(owner);

  clock.setTo(14.2);
  const imported = await keys.import(owner);
  clock.setTo(13.6);
  const forClient = await keys.issueForClient(owner);
  await keys.issueForClient(manager, 20 * DAY_SECONDS);
  clock.setTo(12.4);
  const forAccount = await keys.issueForAccount(owner, 'Laptop', 4, 365);
  await keys.issueForAccount(reader, 'Spreadsheet', 2, 14);

  clock.setTo(10.7);
  await addPausedWebhook(use, manager);
  clock.setTo(KEY_PROFILES.disabled.usage.ended.daysAgo);
  await keys.disable(manager, 'disabled');
  clock.setTo(KEY_PROFILES.ofFormerApplication.usage.ended.daysAgo);
  await keys.disableApplication(owner, 'former');
  clock.setTo(4.4);
  await keys.delete(owner, 'deleted');
  clock.setTo(3.2);
  await members.disable(owner, former);
  clock.setTo(2.6);
  await keys.expose('exposed');
  clock.setTo(1.3);
  const previous = await keys.rotate(manager, 'rotated');
  await members.invite(owner, members.emailOf('Edsger'), 'readSome');
  clock.setTo(0.2);
  await members.logIn(owner);
  await addWebhook(use, owner, 'Alerts about quotas', ['quota.threshold'], 'https://198.51.100.20/keywright');

  clock.setTo(0);
  await keys.addUsage();
  return {
    clientId: owner.clientId,
    members: [owner, manager, developer, reader],
    keys: {
      valid: keys.fullKey('busy'),
      test: keys.fullKey('test'),
      'only from 203.0.113.0/24': keys.fullKey('bound'),
      'rotated, new': keys.fullKey('rotated'),
      'rotated, previous': previous,
      disabled: keys.fullKey('disabled'),
      expired: keys.fullKey('expired'),
      exposed: keys.fullKey('exposed'),
      'application disabled': keys.fullKey('ofFormerApplication'),
      imported,
      'clients surface': forClient,
      'accounts surface': forAccount,
    },
  };
}

async function addWebhook(
  use: UseService,
  owner: Member,
  description: string,
  events: string[],
  url: string,
): Promise<WebhookEndpoint> {
  return (await use(WebhooksService).create(owner, { url, description, events })).endpoint;
}

/** Adds a webhook whose receiver has said that it is gone. */
async function addPausedWebhook(use: UseService, owner: Member): Promise<void> {
  const url = 'https://198.51.100.10/hooks/keys';
  const endpoint = await addWebhook(use, owner, 'The former dashboard', ['api_key.*'], url);
  await use(Transactions).run((tx) => use(Pauses).pause(tx, endpoint, 'gone'));
}
