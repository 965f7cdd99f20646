import { Injectable } from '@nestjs/common';
import { AccountsService } from '../accounts/accounts.service.js';
import type { LinkPurpose } from '../accounts/one-time-link.entity.js';
import { OneTimeLinks } from '../accounts/one-time-links.js';
import { DomainError } from '../platform/events/domain-error.js';
import type { FormName } from './forms.js';
import { renderForm } from './render-form.js';

/** Shows what a link leads to. Looking at it changes nothing, so that a mail scanner which follows it uses nothing up. */
@Injectable()
export class LinkPages {
  constructor(
    private readonly accounts: AccountsService,
    private readonly links: OneTimeLinks,
  ) {}

  /** @throws {DomainError} `link.gone` */
  async show(form: FormName, purpose: LinkPurpose, token: unknown): Promise<string> {
    const link = typeof token === 'string' ? await this.links.find(token, purpose) : null;
    if (!link) throw new DomainError('link.gone');
    const account = link.email === null && link.accountId !== null ? await this.accounts.find(link.accountId) : null;
    return renderForm(form, { token: String(token), email: link.email ?? account?.email });
  }
}
