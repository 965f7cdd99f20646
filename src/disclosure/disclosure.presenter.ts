import { presentMember } from '../accounts/members/members.presenter.js';
import { presentMerchant } from '../accounts/merchants/merchants.presenter.js';
import { presentAccount } from '../accounts/own-account/own-account.presenter.js';
import { presentPersonalKey } from '../api-keys/accounts/personal-keys.presenter.js';
import { presentExportedKey } from '../api-keys/merchants/list/keys.presenter.js';
import { presentSharedLimit } from '../api-keys/merchants/shared-limits/shared-limits.presenter.js';
import { presentApplication } from '../applications/applications.presenter.js';
import { presentAuditEvent } from '../audit/audit.presenter.js';
import { presentPasskey } from '../auth/second-factor/second-factor.presenter.js';
import { presentSession } from '../auth/sessions.presenter.js';
import { presentWebhook } from '../webhooks/endpoints/webhooks.presenter.js';
import type { Disclosed, DisclosedThing } from './disclosure.service.js';
import type { ExportLineView } from './export.dto.js';

/** The schemas of the types of an export, by whose it is. */
const SCHEMAS = {
  merchant: {
    merchant: 'MerchantView',
    member: 'MemberView',
    application: 'ApplicationView',
    api_key: 'ExportedKeyView',
    shared_limit: 'SharedLimitView',
    webhook: 'WebhookView',
    audit_event: 'AuditEventView',
  },
  person: {
    account: 'AccountView',
    member: 'MemberView',
    session: 'SessionView',
    passkey: 'PasskeyView',
    personal_key: 'PersonalKeyView',
    audit_event: 'AuditEventView',
  },
} as const satisfies Record<Disclosed['export'], Partial<Record<keyof Disclosed, string>>>;

const PRESENTERS: { [Type in keyof Disclosed]: (thing: Disclosed[Type]) => object } = {
  export: (whose) => ({
    schemas: Object.fromEntries(
      Object.entries(SCHEMAS[whose]).map(([type, name]) => [type, `/docs/json#/components/schemas/${name}`]),
    ),
  }),
  account: presentAccount,
  api_key: presentExportedKey,
  application: presentApplication,
  audit_event: presentAuditEvent,
  identity: ({ issuer, subject, createdAt }) => ({
    issuer,
    subject,
    createdAt: createdAt.toISOString(),
  }),
  member: presentMember,
  merchant: presentMerchant,
  passkey: presentPasskey,
  personal_key: presentPersonalKey,
  session: ({ caller, session }) => presentSession(caller, session),
  shared_limit: presentSharedLimit,
  webhook: presentWebhook,
};

/** Presents a thing as the API shows it elsewhere. */
export function presentDisclosed({ type, thing }: DisclosedThing): ExportLineView {
  const present = PRESENTERS[type] as (thing: unknown) => object;
  return { type, data: present(thing) as Record<string, unknown> };
}
