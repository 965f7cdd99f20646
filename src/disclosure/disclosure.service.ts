import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { MoreThan, type DataSource, type FindOptionsWhere, type Repository } from 'typeorm';
import { Account } from '../accounts/account.entity.js';
import { presentMember } from '../accounts/members/members.presenter.js';
import { Merchant } from '../accounts/merchant.entity.js';
import { presentMerchant } from '../accounts/merchants/merchants.presenter.js';
import { presentAccount } from '../accounts/own-account/own-account.presenter.js';
import { Passkey } from '../accounts/second-factors/passkey.entity.js';
import { LoginSession } from '../accounts/sessions/login-session.entity.js';
import type { Caller } from '../access/caller.js';
import { presentPersonalKey } from '../api-keys/accounts/personal-keys.presenter.js';
import { ApiKey } from '../api-keys/api-key.entity.js';
import { presentExportedKey } from '../api-keys/merchants/list/keys.presenter.js';
import { KeysService } from '../api-keys/merchants/list/keys.service.js';
import type { TenantScope } from '../api-keys/merchants/tenant-scope.js';
import { SharedLimit } from '../api-keys/merchants/shared-limits/shared-limit.entity.js';
import { presentSharedLimit } from '../api-keys/merchants/shared-limits/shared-limits.presenter.js';
import { Application } from '../applications/application.entity.js';
import { presentApplication } from '../applications/applications.presenter.js';
import { AuditSearch, type EventFilter, type Moment } from '../audit/audit-search.js';
import { presentAuditEvent } from '../audit/audit.presenter.js';
import { OidcIdentity } from '../auth/oidc/oidc-identity.entity.js';
import { presentPasskey } from '../auth/second-factor/second-factor.presenter.js';
import { presentSession } from '../auth/sessions.presenter.js';
import { DomainError } from '../platform/events/domain-error.js';
import { presentWebhook } from '../webhooks/endpoints/webhooks.presenter.js';
import { WebhookEndpoint } from '../webhooks/webhook-endpoint.entity.js';
import type { ExportedType, ExportLineView, IdentityView } from './export.dto.js';

/** Rows that are read at a time. */
const BATCH = 200;

const OF_MERCHANT = {
  merchant: 'MerchantView',
  member: 'MemberView',
  application: 'ApplicationView',
  api_key: 'ExportedKeyView',
  shared_limit: 'SharedLimitView',
  webhook: 'WebhookView',
  audit_event: 'AuditEventView',
} as const satisfies Partial<Record<ExportedType, string>>;

const OF_PERSON = {
  account: 'AccountView',
  member: 'MemberView',
  session: 'SessionView',
  passkey: 'PasskeyView',
  identity: 'IdentityView',
  api_key: 'PersonalKeyView',
  audit_event: 'AuditEventView',
} as const satisfies Partial<Record<ExportedType, string>>;

type Lines = AsyncGenerator<ExportLineView[]>;

/** Discloses everything that is stored about a merchant or a person, but for secrets, in batches. */
@Injectable()
export class Disclosure {
  constructor(
    @InjectDataSource() private readonly source: DataSource,
    private readonly keys: KeysService,
    private readonly search: AuditSearch,
  ) {}

  /**
   * Everything about a merchant, with the personal keys that are in the scope.
   *
   * @throws {DomainError} `merchant.not_found`, before the first batch
   */
  async ofMerchant(tenant: TenantScope): Promise<Lines> {
    const merchant = await this.source.manager.findOneBy(Merchant, { id: tenant.merchantId });
    if (!merchant) throw new DomainError('merchant.not_found');
    return this.merchantLines(merchant, tenant);
  }

  /** Everything about the caller's account. */
  async ofPerson(caller: Caller): Promise<Lines> {
    const account = await this.source.manager.findOneBy(Account, { id: caller.accountId });
    if (!account) throw new DomainError('credential.invalid');
    return this.personLines(caller, account);
  }

  private async *merchantLines(merchant: Merchant, tenant: TenantScope): Lines {
    const { manager } = this.source;
    const merchantId = merchant.id;
    yield [headOf(OF_MERCHANT), line('merchant', presentMerchant(merchant))];
    yield* rowsOf(manager.getRepository(Account), { merchantId }, (row) => line('member', presentMember(row)));
    yield* rowsOf(manager.getRepository(Application), { merchantId }, (row) =>
      line('application', presentApplication(row)),
    );
    for await (const keys of this.keys.batches(tenant, {}))
      yield keys.map((key) => line('api_key', presentExportedKey(key)));
    yield* rowsOf(manager.getRepository(SharedLimit), { merchantId }, (row) =>
      line('shared_limit', presentSharedLimit(row)),
    );
    yield* rowsOf(manager.getRepository(WebhookEndpoint), { merchantId }, (row) =>
      line('webhook', presentWebhook(row)),
    );
    yield* this.events({ merchantId, others: {} });
  }

  private async *personLines(caller: Caller, account: Account): Lines {
    const { manager } = this.source;
    const accountId = account.id;
    yield [headOf(OF_PERSON), line('account', presentAccount(account)), line('member', presentMember(account))];
    yield* rowsOf(manager.getRepository(LoginSession), { accountId }, (row) =>
      line('session', presentSession(caller, row)),
    );
    yield* rowsOf(manager.getRepository(Passkey), { accountId }, (row) => line('passkey', presentPasskey(row)));
    yield* rowsOf(manager.getRepository(OidcIdentity), { accountId }, ({ issuer, subject, createdAt }) =>
      line('identity', { issuer, subject, createdAt: createdAt.toISOString() } satisfies IdentityView),
    );
    yield* rowsOf(manager.getRepository(ApiKey), { accountId, surface: 'accounts' }, (row) =>
      line('api_key', presentPersonalKey(row)),
    );
    yield* this.events({ others: { actorAccountId: accountId } });
    yield* this.events({ others: { targetType: 'account', targetId: account.uuid } });
  }

  private async *events(filter: EventFilter): Lines {
    for (let moment: Moment | null = null; ;) {
      const { events, next } = await this.search.after(filter, 'ASC', moment, BATCH);
      yield events.map((event) => line('audit_event', presentAuditEvent(event)));
      if (!next) return;
      moment = next;
    }
  }
}

const line = (type: ExportedType, data: object): ExportLineView => ({ type, data: data as Record<string, unknown> });

const headOf = (schemas: Partial<Record<ExportedType, string>>): ExportLineView =>
  line('export', {
    schemas: Object.fromEntries(
      Object.entries(schemas).map(([type, name]) => [type, `/docs/json#/components/schemas/${name}`]),
    ),
  });

/** Yields the lines of all rows that meet a condition, by their ids. */
async function* rowsOf<T extends { id: string | number }>(
  rows: Repository<T>,
  where: FindOptionsWhere<T>,
  present: (row: T) => ExportLineView,
): Lines {
  for (let last: T['id'] | null = null; ;) {
    const found: T[] = await rows.find({
      where: { ...where, ...(last !== null && { id: MoreThan(last) }) } as FindOptionsWhere<T>,
      order: { id: 'ASC' } as object,
      take: BATCH,
    });
    yield found.map(present);
    if (found.length < BATCH) return;
    last = found.at(-1)?.id ?? null;
  }
}
