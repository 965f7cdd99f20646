import { In, IsNull, Not, type EntityManager } from 'typeorm';
import { LEVELS } from '../access/levels.js';
import { Account, STATUS } from '../accounts/account.entity.js';
import { ApiKey } from '../api-keys/api-key.entity.js';
import { notifiableTypes } from '../platform/events/notifiable-events.js';
import type { AuditTrailEntry } from '../platform/events/audit-trail-entry.js';
import { choiceOf, isWanted, type Choice } from './choices.service.js';
import type { NewsType } from './mail.entity.js';
import { NotificationChoice } from './notification-choice.entity.js';
import { isUrgent } from './messages.js';

/** An event that an account is to be notified of, with the type by which the account chose it. */
export interface Audience {
  accountId: number;
  type: NewsType;
  entry: AuditTrailEntry;
}

interface Recipient {
  account: Account;
  choice: Choice;
}

/** Selects the accounts to notify of these events. */
export async function selectAudience(manager: EntityManager, entries: AuditTrailEntry[]): Promise<Audience[]> {
  const notifiable = entries.filter((entry) => isUrgent(entry.name) || notifiableTypes(entry).length > 0);
  if (notifiable.length === 0) return [];
  const recipients = await findRecipients(manager, [...new Set(notifiable.map(({ merchantId }) => merchantId))]);
  const wanted = notifiable.filter(
    (entry) => isUrgent(entry.name) || recipients.some((one) => typeFor(one, entry) !== null),
  );
  const owners = await findPersonalOwners(manager, wanted);
  return wanted.flatMap((entry) => {
    if (entry.name === 'webhook.paused')
      return findWebhookOwners(recipients, entry).map(
        (accountId) => ({ accountId, type: entry.name, entry }) as Audience,
      );
    return recipients.flatMap((recipient) => {
      const { id } = recipient.account;
      const owner = owners.get(entry.targetId);
      if (owner !== undefined && owner !== id) return [];
      const type = typeFor(recipient, entry, owner === id);
      return type === null ? [] : [{ accountId: id, type, entry }];
    });
  });
}

/** Returns the creator of a webhook or, when that account is gone, all members who can manage webhooks. */
function findWebhookOwners(recipients: Recipient[], { merchantId, details }: AuditTrailEntry): number[] {
  const team = recipients.map(({ account }) => account).filter((account) => account.merchantId === merchantId);
  const makers = team.filter(({ uuid }) => uuid === details.ownerId);
  const owners = makers.length > 0 ? makers : team.filter(({ level }) => level >= LEVELS.writeOwn);
  return owners.map(({ id }) => id);
}

async function findRecipients(manager: EntityManager, merchantIds: string[]): Promise<Recipient[]> {
  const accounts = await manager.findBy(Account, {
    merchantId: In(merchantIds),
    status: STATUS.active,
    deletedAt: IsNull(),
    // An address that another account has proven to be its own is not written to.
    emailKey: Not(IsNull()),
  });
  const choices = await manager.findBy(NotificationChoice, { accountId: In(accounts.map(({ id }) => id)) });
  const chosen = new Map(choices.map(({ accountId, events }) => [accountId, events]));
  return accounts.map((account) => ({ account, choice: choiceOf(account.level, chosen.get(account.id) ?? null) }));
}

/** Returns the type by which a recipient wants an event. Members who may not read other members are not notified of them. */
function typeFor({ account, choice }: Recipient, entry: AuditTrailEntry, isOwn = false): NewsType | null {
  if (account.merchantId !== entry.merchantId) return null;
  if (entry.name === 'api_key.exposed' && (isOwn || account.level >= LEVELS.writeOwn)) return entry.name;
  const type = notifiableTypes(entry).find((name) => isWanted(choice, name, entry)) ?? null;
  return type?.startsWith('member.') && account.level < LEVELS.readOwn ? null : type;
}

/** Maps personal keys to their owners, who alone are notified of them. */
async function findPersonalOwners(manager: EntityManager, entries: AuditTrailEntry[]): Promise<Map<string, number>> {
  const ids = entries.flatMap(({ targetType, targetId }) => (targetType === 'api_key' ? [targetId] : []));
  if (ids.length === 0) return new Map();
  const keys = await manager.find(ApiKey, {
    select: { id: true, accountId: true },
    where: { id: In([...new Set(ids)]), surface: 'accounts' },
  });
  return new Map(keys.map(({ id, accountId }) => [id, accountId]));
}
