import { Injectable } from '@nestjs/common';
import { AccountsService } from '../accounts/accounts.service.js';
import type { LinkPurpose } from '../accounts/links/one-time-link.entity.js';
import { OneTimeLinks, type FoundLink } from '../accounts/links/one-time-links.js';
import { DomainError } from '../platform/events/domain-error.js';
import type { FormName, Subject } from './forms.js';
import { describeError } from './problems.js';
import { Forms, type Values } from './render-form.js';

/** The purpose of the links that lead to a form. */
const PURPOSES: Partial<Record<FormName, LinkPurpose>> = {
  memberSignup: 'member_signup',
  merchantSignup: 'merchant_signup',
  signupConfirmation: 'account_signup',
  emailConfirmation: 'email_change',
  recovery: 'recovery',
};

/** Shows what a link leads to. Looking at it changes nothing, so that a mail scanner which follows it uses nothing up. */
@Injectable()
export class LinkPages {
  constructor(
    private readonly accounts: AccountsService,
    private readonly forms: Forms,
    private readonly links: OneTimeLinks,
  ) {}

  /** @throws {DomainError} `link.gone` */
  async show(form: FormName, token: unknown): Promise<string> {
    const link = await this.find(form, token);
    if (!link) throw new DomainError('link.gone');
    return this.forms.render(form, { token: String(token), email: link.email ?? undefined }, await this.describe(link));
  }

  /** Shows a form again, with what was sent and what was wrong with it. An error of the server or a limit costs no statement. */
  async showAgain(form: FormName, values: Values, error: DomainError): Promise<string> {
    const link = error.status < 429 ? await this.find(form, values.token) : null;
    const subject = link ? await this.describe(link) : {};
    return this.forms.render(form, values, subject, describeError(error));
  }

  private async find(form: FormName, token: unknown): Promise<FoundLink | null> {
    const purpose = PURPOSES[form];
    return purpose && typeof token === 'string' ? this.links.find(token, purpose) : null;
  }

  private async describe({ purpose, email, accountId }: FoundLink): Promise<Subject> {
    const account = accountId === null ? null : await this.accounts.find(accountId);
    if (!account) return { login: email ?? undefined };
    return {
      login: email ?? (purpose === 'recovery' ? account.username : account.email),
      company: account.merchant?.name,
      hasPassword: account.passwordHash !== null,
    };
  }
}
