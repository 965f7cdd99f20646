import { Account } from './accounts/account.entity.js';
import { Merchant } from './accounts/merchant.entity.js';
import { LoginSession } from './accounts/sessions/login-session.entity.js';
import { FactorChallenge } from './accounts/second-factors/factor-challenge.entity.js';
import { Passkey } from './accounts/second-factors/passkey.entity.js';
import { RecoveryCode } from './accounts/second-factors/recovery-code.entity.js';
import { TotpFactor } from './accounts/second-factors/totp-factor.entity.js';
import { OneTimeLink } from './accounts/links/one-time-link.entity.js';
import { ApiKey } from './api-keys/api-key.entity.js';
import { ImportFormat } from './api-keys/credentials/imported/import-format.entity.js';
import { KeyCensus } from './api-keys/merchants/hygiene/key-census.entity.js';
import { SharedLimit } from './api-keys/merchants/shared-limits/shared-limit.entity.js';
import { ExpiryNotice } from './api-keys/retention/expiry-notice.entity.js';
import { IdleKey } from './api-keys/retention/idle-key.entity.js';
import { Application } from './applications/application.entity.js';
import { AuditChain, AuditEvent } from './audit/audit-event.entity.js';
import { OidcCompletedSignIn } from './auth/oidc/oidc-completed-sign-in.entity.js';
import { OidcIdentity } from './auth/oidc/oidc-identity.entity.js';
import { ExposureReport } from './exposures/exposure-report.entity.js';
import { ExposurePolicy } from './exposures/policy/exposure-policy.entity.js';
import { Erasure } from './erasure/erasure.entity.js';
import { JobState } from './housekeeping/job-state.entity.js';
import { IdempotencyRecord } from './idempotency/idempotency-record.entity.js';
import { Mail } from './notifications/mail.entity.js';
import { NotificationChoice } from './notifications/notification-choice.entity.js';
import { SigningKey } from './oauth/signing-key.entity.js';
import { DatabaseIdentity } from './platform/database/database-identity.entity.js';
import { ConflictRow } from './platform/database/galera/conflict-row.entity.js';
import { Initial1763683200000 } from './platform/database/migrations/1763683200000-initial.js';
import { Verification1763700000000 } from './platform/database/migrations/1763700000000-verification.js';
import { KeyLife1763740000000 } from './platform/database/migrations/1763740000000-key-life.js';
import { KeyLists1763742000000 } from './platform/database/migrations/1763742000000-key-lists.js';
import { Oauth1763744000000 } from './platform/database/migrations/1763744000000-oauth.js';
import { Idempotency1763746000000 } from './platform/database/migrations/1763746000000-idempotency.js';
import { Offboarding1763747000000 } from './platform/database/migrations/1763747000000-offboarding.js';
import { Import1763748000000 } from './platform/database/migrations/1763748000000-import.js';
import { ExternalId1763748500000 } from './platform/database/migrations/1763748500000-external-id.js';
import { Replays1763748600000 } from './platform/database/migrations/1763748600000-replays.js';
import { AuditChain1763751000000 } from './platform/database/migrations/1763751000000-audit-chain.js';
import { Webhooks1763752000000 } from './platform/database/migrations/1763752000000-webhooks.js';
import { Exposures1763754000000 } from './platform/database/migrations/1763754000000-exposures.js';
import { Housekeeping1763756000000 } from './platform/database/migrations/1763756000000-housekeeping.js';
import { Notifications1763757000000 } from './platform/database/migrations/1763757000000-notifications.js';
import { Responsibility1763758000000 } from './platform/database/migrations/1763758000000-responsibility.js';
import { RowLatches1763760000000 } from './platform/database/migrations/1763760000000-row-latches.js';
import { LimitLoans1763770000000 } from './platform/database/migrations/1763770000000-limit-loans.js';
import { SecretFingerprints1763772000000 } from './platform/database/migrations/1763772000000-secret-fingerprints.js';
import { SecretFingerprint } from './platform/secrets/secret-fingerprint.entity.js';
import { DatabaseIdentity1763774000000 } from './platform/database/migrations/1763774000000-database-identity.js';
import { MerchantScopes1763781000000 } from './platform/database/migrations/1763781000000-merchant-scopes.js';
import { LoginSessions1763783000000 } from './platform/database/migrations/1763783000000-login-sessions.js';
import { Oidc1763785000000 } from './platform/database/migrations/1763785000000-oidc.js';
import { KeyLimits1763786000000 } from './platform/database/migrations/1763786000000-key-limits.js';
import { KeyLifePolicies1763787000000 } from './platform/database/migrations/1763787000000-key-life-policies.js';
import { KeyCensus1763788500000 } from './platform/database/migrations/1763788500000-key-census.js';
import { MerchantUsage1763788000000 } from './platform/database/migrations/1763788000000-merchant-usage.js';
import { AuditActors1763787500000 } from './platform/database/migrations/1763787500000-audit-actors.js';
import { Erasure1763789000000 } from './platform/database/migrations/1763789000000-erasure.js';
import { QuietCredentials1763789500000 } from './platform/database/migrations/1763789500000-quiet-credentials.js';
import { KeyUses1763790000000 } from './platform/database/migrations/1763790000000-key-uses.js';
import { UsageSlots1763790500000 } from './platform/database/migrations/1763790500000-usage-slots.js';
import { Verifiers1763792000000 } from './platform/database/migrations/1763792000000-verifiers.js';
import { InstanceVersions1763794000000 } from './platform/database/migrations/1763794000000-instance-versions.js';
import { Hints1763791000000 } from './platform/database/migrations/1763791000000-hints.js';
import { SecondFactors1763784000000 } from './platform/database/migrations/1763784000000-second-factors.js';
import { PortalSessions1763793000000 } from './platform/database/migrations/1763793000000-portal-sessions.js';
import { PortalSession } from './portal/portal-session.entity.js';
import { Service } from './services/service.entity.js';
import { Instance } from './verification/barrier/instance.entity.js';
import { InstanceVerifiers } from './verification/barrier/instance-verifiers.entity.js';
import { Verifier } from './verification/verifiers/verifier.entity.js';
import { KeyChange, KeyRevision } from './verification/key-change.entity.js';
import { RevokedSession } from './verification/cache/revoked-session.entity.js';
import { QuotaLoan } from './verification/limits/quotas/quota-loan.entity.js';
import { QuotaUse } from './verification/limits/quotas/quota-use.entity.js';
import { RateShare } from './verification/limits/rates/rate-share.entity.js';
import { KeyMonth } from './verification/usage/key-month.entity.js';
import { LastSource } from './api-keys/uses/last-source.entity.js';
import { PreviousUse } from './api-keys/uses/previous-use.entity.js';
import { ScopeUse } from './api-keys/uses/scope-use.entity.js';
import { KeyUsage } from './verification/usage/key-usage.entity.js';
import { MerchantDay } from './verification/usage/merchant-day.entity.js';
import { WebhookDelivery } from './webhooks/webhook-delivery.entity.js';
import { WebhookEndpoint } from './webhooks/webhook-endpoint.entity.js';
import type { Tables } from './platform/database/data-source.js';
import { RateCounts1763782000000 } from './platform/database/migrations/1763782000000-rate-counts.js';
import { RateCount } from './platform/limits/rate-count.entity.js';

/** All tables, and the migrations in the order in which they were released. */
export const TABLES = {
  entities: [
    Merchant,
    Account,
    OneTimeLink,
    LoginSession,
    OidcIdentity,
    OidcCompletedSignIn,
    TotpFactor,
    Passkey,
    RecoveryCode,
    FactorChallenge,
    Service,
    Application,
    ApiKey,
    SharedLimit,
    PortalSession,
    KeyCensus,
    ImportFormat,
    AuditEvent,
    AuditChain,
    Erasure,
    KeyChange,
    KeyRevision,
    Instance,
    InstanceVerifiers,
    Verifier,
    KeyUsage,
    LastSource,
    PreviousUse,
    ScopeUse,
    KeyMonth,
    MerchantDay,
    QuotaUse,
    QuotaLoan,
    RateShare,
    RevokedSession,
    SigningKey,
    IdempotencyRecord,
    ExposureReport,
    ExposurePolicy,
    JobState,
    ExpiryNotice,
    IdleKey,
    Mail,
    NotificationChoice,
    WebhookEndpoint,
    WebhookDelivery,
    ConflictRow,
    DatabaseIdentity,
    SecretFingerprint,
    RateCount,
  ],
  migrations: [
    Initial1763683200000,
    Verification1763700000000,
    KeyLife1763740000000,
    KeyLists1763742000000,
    Oauth1763744000000,
    Idempotency1763746000000,
    Offboarding1763747000000,
    Import1763748000000,
    ExternalId1763748500000,
    Replays1763748600000,
    Exposures1763754000000,
    AuditChain1763751000000,
    Housekeeping1763756000000,
    Notifications1763757000000,
    Webhooks1763752000000,
    Responsibility1763758000000,
    RowLatches1763760000000,
    LimitLoans1763770000000,
    SecretFingerprints1763772000000,
    DatabaseIdentity1763774000000,
    MerchantScopes1763781000000,
    RateCounts1763782000000,
    LoginSessions1763783000000,
    SecondFactors1763784000000,
    Oidc1763785000000,
    KeyLimits1763786000000,
    KeyLifePolicies1763787000000,
    AuditActors1763787500000,
    MerchantUsage1763788000000,
    KeyCensus1763788500000,
    Erasure1763789000000,
    QuietCredentials1763789500000,
    KeyUses1763790000000,
    UsageSlots1763790500000,
    Hints1763791000000,
    Verifiers1763792000000,
    PortalSessions1763793000000,
    InstanceVersions1763794000000,
  ],
} satisfies Tables;
