import { In, IsNull, MoreThan, type DataSource } from 'typeorm';
import { LEVELS, ROLE_NAMES, ROLES } from '../../access/levels.js';
import { Account, STATUS } from '../../accounts/account.entity.js';
import { withDatabase } from '../application/database.js';
import { formatTable, type OutputOptions } from '../shell/output.js';

/** Accounts read at a time. */
const BATCH = 1000;

/** The roles that reach across merchants: those of the operator's people. */
const OPERATORS = ROLE_NAMES.filter((role) => ROLES[role] >= LEVELS.writeOthers);

const STATES = {
  [STATUS.active]: 'active',
  [STATUS.notYet]: 'not signed up',
  [STATUS.disabled]: 'disabled',
  [STATUS.blocked]: 'blocked',
};

const TITLES = ['Number', 'User name', 'E-mail', 'Role', 'State', 'Second factor', 'Last login', 'Merchant'];

/** An account, as the command shows it. */
type AccountView = ReturnType<typeof present>;

/** Lists the accounts that reach across merchants, or all of them. */
export function listAccounts({ all = false, json = false }: OutputOptions & { all?: boolean }): Promise<void> {
  return withDatabase(async (source) => {
    const found: AccountView[] = [];
    for await (const account of read(source, all)) found.push(present(account));
    if (json) console.log(JSON.stringify(found, null, 2));
    else console.log(describe(found, all));
  });
}

async function* read({ manager }: DataSource, all: boolean): AsyncGenerator<Account> {
  for (let last = 0; ;) {
    const accounts = await manager.find(Account, {
      where: { id: MoreThan(last), deletedAt: IsNull(), ...(!all && { role: In(OPERATORS) }) },
      relations: { merchant: true },
      order: { id: 'ASC' },
      take: BATCH,
    });
    yield* accounts;
    const end = accounts.at(-1);
    if (!end) return;
    last = end.id;
  }
}

/** Names every field: the entity holds the password's hash. */
const present = (account: Account) => {
  const { id, uuid, username, email, role, level, merchant } = account;
  const isMerchantActive = merchant?.status === 'active';
  return {
    number: id,
    id: uuid,
    username,
    email,
    emailVerified: account.emailVerifiedAt !== null,
    role,
    level,
    state: STATES[account.status],
    canLogIn: account.status === STATUS.active && isMerchantActive,
    hasPassword: account.passwordHash !== null,
    usesProvider: account.isExternal,
    hasSecondFactor: account.secondFactorAt !== null,
    lastLoginAt: account.lastLoginAt?.toISOString() ?? null,
    createdAt: account.createdAt.toISOString(),
    merchant: { id: account.merchantId, name: merchant?.name ?? null, status: merchant?.status ?? null },
  };
};

function describe(accounts: AccountView[], all: boolean): string {
  if (accounts.length === 0) return all ? 'There are no accounts.' : 'There are no accounts of level 7 or above.';
  return formatTable(
    TITLES,
    accounts.map(({ number, username, email, role, level, state, merchant, ...account }) => [
      String(number),
      username,
      email,
      `${role} (${level})`,
      merchant.status === 'active' ? state : `${state}, merchant ${merchant.status ?? 'gone'}`,
      account.hasSecondFactor ? 'yes' : 'no',
      account.lastLoginAt ?? 'never',
      merchant.name ?? '',
    ]),
  );
}
