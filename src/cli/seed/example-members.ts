import type { Caller } from '../../access/caller.js';
import type { Role } from '../../access/levels.js';
import { STATUS, type Account } from '../../accounts/account.entity.js';
import { AccountsService } from '../../accounts/accounts.service.js';
import { MembersService } from '../../accounts/members/members.service.js';
import type { Merchant } from '../../accounts/merchant.entity.js';
import { MerchantsService } from '../../accounts/merchants/merchants.service.js';
import { Passwords } from '../../accounts/passwords/passwords.js';
import { LoginService } from '../../auth/login.service.js';
import { Transactions } from '../../platform/database/transactions/transactions.js';
import { SYSTEM, type Actor } from '../../platform/events/actor.js';
import { DomainError } from '../../platform/events/domain-error.js';
import { DeniedRequests } from '../../platform/http/denied-requests.js';
import type { UseService } from './use-service.js';

/** Where requests of the members come from: an address for documentation (RFC 5737), and the program that acts for them. */
const ORIGIN = { address: '203.0.113.7', userAgent: 'keywright seed', requestId: null };

const VISITOR: Actor = { kind: 'visitor', accountId: null, keyId: null, ...ORIGIN };

/** A person who works for the example merchant. */
interface Person {
  firstName: string;
  lastName: string;
  role: Role;
}

/** A person with an account, as the caller of services. */
export interface Member extends Caller {
  uuid: string;
  email: string;
  role: Role;
}

/** The people of the example merchant, who all have the same password. */
export class ExampleMembers {
  private merchant!: Merchant;
  private domain!: string;

  constructor(
    private readonly use: UseService,
    private readonly password: string,
  ) {}

  /** Creates the merchant with its first member. */
  async found(name: string, { firstName, lastName, role }: Person): Promise<Member> {
    const label = name
      .toLowerCase()
      .match(/[a-z\d]+/g)
      ?.join('-');
    this.domain = `${label}.example`;
    const email = this.emailOf(firstName);
    const passwordHash = await this.use(Passwords).hash(this.password, null);
    const owner = await this.use(Transactions).run(async (tx) => {
      this.merchant = await this.use(MerchantsService).create(tx, SYSTEM, name);
      return this.use(AccountsService).create(tx, SYSTEM, {
        merchantId: this.merchant.id,
        username: email,
        email,
        passwordHash,
        firstName,
        lastName,
        role,
        status: STATUS.active,
        consent: 1,
      });
    });
    return this.memberOf(owner);
  }

  /** Invites a person, who signs up. */
  async join(inviter: Member, { role, ...names }: Person): Promise<Member> {
    const token = await this.invite(inviter, this.emailOf(names.firstName), role);
    return this.memberOf(await this.use(MembersService).signUp(VISITOR, token, { ...names, password: this.password }));
  }

  /** Invites a person. @returns the token of the invitation */
  async invite(inviter: Member, email: string, role: Role): Promise<string> {
    const { signupLink } = await this.use(MembersService).invite(inviter, 'http://localhost', { email, role });
    return new URL(signupLink).searchParams.get('token') ?? '';
  }

  async disable(caller: Member, { uuid }: Member): Promise<void> {
    await this.use(MembersService).update(caller, uuid, { status: 'disabled' });
  }

  /** Logs a member in, at the second attempt. */
  async logIn({ accountId: id }: Member): Promise<void> {
    const logins = this.use(LoginService);
    await logins.login(VISITOR, String(id), 'a wrong password').catch((error: unknown) => {
      if (!(error instanceof DomainError)) throw error;
    });
    await this.use(DeniedRequests).flush();
    await logins.login(VISITOR, String(id), this.password);
  }

  emailOf(firstName: string): string {
    return `${firstName.toLowerCase()}@${this.domain}`;
  }

  private memberOf({ id: accountId, uuid, email, role, level }: Account): Member {
    const { id: merchantId, clientId } = this.merchant;
    return { kind: 'account', accountId, uuid, email, role, level, keyId: null, ...ORIGIN, merchantId, clientId };
  }
}
