import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { MoreThan, type DataSource, type FindOptionsWhere, type Repository } from 'typeorm';
import { Account } from '../accounts/account.entity.js';
import { Merchant } from '../accounts/merchant.entity.js';
import { Passkey } from '../accounts/second-factors/passkey.entity.js';
import { LoginSession } from '../accounts/sessions/login-session.entity.js';
import type { Caller } from '../access/caller.js';
import { ApiKey } from '../api-keys/api-key.entity.js';
import type { KeyWithStatus } from '../api-keys/merchants/key-status.js';
import { KeysService } from '../api-keys/merchants/list/keys.service.js';
import type { TenantScope } from '../api-keys/merchants/tenant-scope.js';
import { SharedLimit } from '../api-keys/merchants/shared-limits/shared-limit.entity.js';
import { Application } from '../applications/application.entity.js';
import type { AuditEvent } from '../audit/audit-event.entity.js';
import { AuditSearch, type EventFilter, type Moment } from '../audit/audit-search.js';
import { OidcIdentity } from '../auth/oidc/oidc-identity.entity.js';
import { DomainError } from '../platform/events/domain-error.js';
import { WebhookEndpoint } from '../webhooks/webhook-endpoint.entity.js';

/** Rows that are read at a time. */
const BATCH = 200;

/** What an export consists of, by type. */
export interface Disclosed {
  /** Whose export it is; the first of its things. */
  export: 'merchant' | 'person';
  account: Account;
  api_key: KeyWithStatus;
  application: Application;
  audit_event: AuditEvent;
  identity: OidcIdentity;
  member: Account;
  merchant: Merchant;
  passkey: Passkey;
  personal_key: ApiKey;
  session: { session: LoginSession; caller: Caller };
  shared_limit: SharedLimit;
  webhook: WebhookEndpoint;
}

/** A thing of an export. */
export type DisclosedThing = { [Type in keyof Disclosed]: { type: Type; thing: Disclosed[Type] } }[keyof Disclosed];

type Things = AsyncGenerator<DisclosedThing[]>;

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
  async ofMerchant(tenant: TenantScope): Promise<Things> {
    const merchant = await this.source.manager.findOneBy(Merchant, { id: tenant.merchantId });
    if (!merchant) throw new DomainError('merchant.not_found');
    return this.merchantLines(merchant, tenant);
  }

  /** Everything about the caller's account. */
  async ofPerson(caller: Caller): Promise<Things> {
    const account = await this.source.manager.findOneBy(Account, { id: caller.accountId });
    if (!account) throw new DomainError('credential.invalid');
    return this.personLines(caller, account);
  }

  private async *merchantLines(merchant: Merchant, tenant: TenantScope): Things {
    const { manager } = this.source;
    const merchantId = merchant.id;
    yield [
      { type: 'export', thing: 'merchant' },
      { type: 'merchant', thing: merchant },
    ];
    yield* rowsOf(manager.getRepository(Account), { merchantId }, (thing) => ({ type: 'member', thing }));
    yield* rowsOf(manager.getRepository(Application), { merchantId }, (thing) => ({ type: 'application', thing }));
    for await (const keys of this.keys.batches(tenant, {})) yield keys.map((thing) => ({ type: 'api_key', thing }));
    yield* rowsOf(manager.getRepository(SharedLimit), { merchantId }, (thing) => ({ type: 'shared_limit', thing }));
    yield* rowsOf(manager.getRepository(WebhookEndpoint), { merchantId }, (thing) => ({ type: 'webhook', thing }));
    yield* this.events({ merchantId, others: {} });
  }

  private async *personLines(caller: Caller, account: Account): Things {
    const { manager } = this.source;
    const accountId = account.id;
    yield [
      { type: 'export', thing: 'person' },
      { type: 'account', thing: account },
      { type: 'member', thing: account },
    ];
    yield* rowsOf(manager.getRepository(LoginSession), { accountId }, (session) => ({
      type: 'session',
      thing: { session, caller },
    }));
    yield* rowsOf(manager.getRepository(Passkey), { accountId }, (thing) => ({ type: 'passkey', thing }));
    yield* rowsOf(manager.getRepository(OidcIdentity), { accountId }, (thing) => ({ type: 'identity', thing }));
    const personal = { accountId, surface: 'accounts' as const };
    yield* rowsOf(manager.getRepository(ApiKey), personal, (thing) => ({ type: 'personal_key', thing }));
    yield* this.events({ others: { actorAccountId: accountId } });
    const aboutAccount = { others: { targetType: 'account', targetId: account.uuid } };
    yield* this.events(aboutAccount, (event) => (event.actorAccountId === accountId ? [] : [withoutActor(event)]));
  }

  private async *events(filter: EventFilter, choose = (event: AuditEvent): AuditEvent[] => [event]): Things {
    for (let moment: Moment | null = null; ;) {
      const { events, next } = await this.search.after(filter, 'ASC', moment, BATCH);
      yield events.flatMap(choose).map((thing) => ({ type: 'audit_event', thing }));
      if (!next) return;
      moment = next;
    }
  }
}

/** What somebody else did is shown without that person's name, address and user agent. */
const withoutActor = (event: AuditEvent): AuditEvent => ({
  ...event,
  actorUsername: null,
  address: null,
  userAgent: null,
});

/** Yields all rows that meet a condition, by their ids. */
async function* rowsOf<T extends { id: string | number }>(
  rows: Repository<T>,
  where: FindOptionsWhere<T>,
  name: (row: T) => DisclosedThing,
): Things {
  for (let last: T['id'] | null = null; ;) {
    const found: T[] = await rows.find({
      where: { ...where, ...(last !== null && { id: MoreThan(last) }) } as FindOptionsWhere<T>,
      order: { id: 'ASC' } as object,
      take: BATCH,
    });
    yield found.map(name);
    if (found.length < BATCH) return;
    last = found.at(-1)?.id ?? null;
  }
}
