import { In, type EntityTarget, type ObjectLiteral } from 'typeorm';
import { FactorChallenge } from '../accounts/second-factors/factor-challenge.entity.js';
import { Passkey } from '../accounts/second-factors/passkey.entity.js';
import { RecoveryCode } from '../accounts/second-factors/recovery-code.entity.js';
import { TotpFactor } from '../accounts/second-factors/totp-factor.entity.js';
import { OneTimeLink } from '../accounts/links/one-time-link.entity.js';
import { LoginSession } from '../accounts/sessions/login-session.entity.js';
import { KeyCensus } from '../api-keys/merchants/hygiene/key-census.entity.js';
import { ImportFormat } from '../api-keys/credentials/imported/import-format.entity.js';
import { SharedLimit } from '../api-keys/merchants/shared-limits/shared-limit.entity.js';
import { ExpiryNotice } from '../api-keys/retention/expiry-notice.entity.js';
import { IdleKey } from '../api-keys/retention/idle-key.entity.js';
import { Application } from '../applications/application.entity.js';
import { OidcIdentity } from '../auth/oidc/oidc-identity.entity.js';
import { ExposurePolicy } from '../exposures/policy/exposure-policy.entity.js';
import { Mail } from '../notifications/mail.entity.js';
import { NotificationChoice } from '../notifications/notification-choice.entity.js';
import { PortalSession } from '../portal/portal-session.entity.js';
import type { Transaction } from '../platform/database/transactions/transaction.js';
import { Service } from '../services/service.entity.js';
import { RevokedSession } from '../verification/cache/revoked-session.entity.js';
import { QuotaLoan } from '../verification/limits/quotas/quota-loan.entity.js';
import { QuotaUse } from '../verification/limits/quotas/quota-use.entity.js';
import { RateShare } from '../verification/limits/rates/rate-share.entity.js';
import { KeyMonth } from '../verification/usage/key-month.entity.js';
import { KeyUsage } from '../verification/usage/key-usage.entity.js';
import { Verifier } from '../verification/verifiers/verifier.entity.js';
import { MerchantDay } from '../verification/usage/merchant-day.entity.js';
import { LastSource } from '../api-keys/uses/last-source.entity.js';
import { PreviousUse } from '../api-keys/uses/previous-use.entity.js';
import { ScopeUse } from '../api-keys/uses/scope-use.entity.js';
import { WebhookDelivery } from '../webhooks/webhook-delivery.entity.js';
import { WebhookEndpoint } from '../webhooks/webhook-endpoint.entity.js';

/** A table, and its property that names what a row belongs to. */
type Belonging = [table: EntityTarget<ObjectLiteral>, owner: string];

/** What belongs to a key, or to limits that keys share. */
export const OF_KEYS: readonly Belonging[] = [
  [KeyUsage, 'keyId'],
  [LastSource, 'keyId'],
  [PreviousUse, 'keyId'],
  [ScopeUse, 'keyId'],
  [QuotaUse, 'keyId'],
  [QuotaLoan, 'keyId'],
  [RateShare, 'subjectId'],
  [RevokedSession, 'keyId'],
  [ExpiryNotice, 'id'],
  [IdleKey, 'id'],
];

/** What belongs to an account. */
export const OF_ACCOUNTS: readonly Belonging[] = [
  [FactorChallenge, 'accountId'],
  [LoginSession, 'accountId'],
  [Mail, 'accountId'],
  [NotificationChoice, 'accountId'],
  [OidcIdentity, 'accountId'],
  [OneTimeLink, 'accountId'],
  [Passkey, 'accountId'],
  [RecoveryCode, 'accountId'],
  [Service, 'accountId'],
  [TotpFactor, 'accountId'],
];

/** What belongs to a merchant beside its keys and accounts, in the order in which it is deleted. */
export const OF_MERCHANTS = {
  shared_limits: SharedLimit,
  webhook_deliveries: WebhookDelivery,
  webhook_endpoints: WebhookEndpoint,
  import_formats: ImportFormat,
  verifiers: Verifier,
  portal_sessions: PortalSession,
  services: Service,
  applications: Application,
} as const satisfies Record<string, EntityTarget<{ id: string; merchantId: string }>>;

/** What a merchant has a few rows of, by its id. */
export const SETTINGS_OF_MERCHANTS = [ExposurePolicy, KeyCensus] as const;

/** What is counted for a merchant, in rows without an id of their own. */
export const COUNTED_FOR_MERCHANTS = [KeyMonth, MerchantDay] as const;

/** Deletes what belongs to these keys or accounts. */
export async function deleteBelongings(
  { manager }: Transaction,
  belongings: readonly Belonging[],
  owners: (string | number)[],
): Promise<void> {
  for (const [table, owner] of belongings) await manager.delete(table, { [owner]: In(owners) });
}
