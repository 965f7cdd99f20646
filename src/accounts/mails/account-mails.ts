import { Injectable } from '@nestjs/common';
import { Config } from '../../platform/config/config.js';
import type { Role } from '../../access/levels.js';
import type { Actor } from '../../platform/events/actor.js';
import { Mailer } from './mailer.js';

const WAS_IT_YOU = (recover: string): string =>
  `If it was not you, somebody else has access to your account. Set a new password at once:\n${recover}`;

/** What to do about a second factor of somebody else, which stays when a new password is set. */
const REMOVE_IT = 'Then ask a manager or administrator of your company to remove the second factor.';

const UNEXPECTED = 'If you did not expect this, ignore this mail.';

const FACTORS = { totp: 'a code of your authenticator app', passkey: 'a passkey' };

/** Who causes a mail, and in whose name, if not in the server's. */
type Sender = Actor & { merchantId?: string };

/** What a member is invited to. */
interface Invitation {
  company: string;
  role: Role;
}

/** The mails about a person's own account. Their links lead to pages of this server. */
@Injectable()
export class AccountMails {
  constructor(
    private readonly config: Config,
    private readonly mailer: Mailer,
  ) {}

  /** @throws {DomainError} `mail.unavailable` if mails cannot be sent */
  assertReachable(): void {
    this.mailer.assertReachable();
  }

  inviteMember(actor: Sender, to: string, token: string, { company, role }: Invitation): void {
    const link = this.link(`/api/v1/members/signup?token=${token}`);
    this.send(actor, to, 'Your invitation to Keywright', [
      `You have been invited to join the company "${company}" at Keywright, with the role ${role}.`,
      `Sign up within a week:\n${link}`,
      UNEXPECTED,
    ]);
  }

  /** @param company the one that invites */
  inviteMerchant(actor: Sender, to: string, token: string, company: string): void {
    const link = this.link(`/api/v1/merchants/signup?token=${token}`);
    this.send(actor, to, 'Your invitation to Keywright', [
      `The company "${company}" has invited your company to Keywright.`,
      `Sign up within two hours:\n${link}`,
      UNEXPECTED,
    ]);
  }

  confirmSignup(actor: Actor, to: string, token: string): void {
    this.send(actor, to, 'Your Keywright account', [
      `Confirm your account within a week:\n${this.link(`/confirm/signup/${token}`)}`,
      `For clients of the API, the confirmation id is ${token}`,
      UNEXPECTED,
    ]);
  }

  /** Somebody has signed up with an address that has an account. */
  knownAddress(actor: Actor, to: string): void {
    this.send(actor, to, 'Your Keywright account', [
      'Somebody has signed up with your e-mail address. You have an account already: log in with this address.',
      `If you have forgotten the password, set a new one:\n${this.link('/recover')}`,
    ]);
  }

  confirmNewAddress(actor: Actor, to: string, token: string): void {
    this.send(actor, to, 'Confirm your new e-mail address', [
      'Your Keywright account is about to use this address.',
      `To confirm it, open this link within a day:\n${this.link(`/confirm/email/${token}`)}`,
    ]);
  }

  confirmAddress(actor: Actor, to: string, token: string): void {
    this.send(actor, to, 'Confirm your e-mail address', [
      'A Keywright account has been created with this address.',
      `To confirm that it is yours, open this link within a day:\n${this.link(`/confirm/email/${token}`)}`,
    ]);
  }

  recovery(actor: Actor, to: string, token: string): void {
    this.send(actor, to, 'Set a new password', [
      `To set a new password for your Keywright account, open this link within an hour:\n${this.recoveryLink(token)}`,
      'If you have not asked for it, ignore this mail. Your password stays as it is.',
    ]);
  }

  /** @param isFirst whether the account had none before */
  passwordChanged(actor: Actor, to: string, isFirst: boolean): void {
    this.notify(actor, to, isFirst ? 'Your password has been set' : 'Your password has been changed', [
      `The password of your Keywright account has been ${isFirst ? 'set' : 'changed'}, and all other sessions have ended.`,
      WAS_IT_YOU(this.link('/recover')),
    ]);
  }

  addressChanged(actor: Actor, to: string, now: string): void {
    this.notify(actor, to, 'Your e-mail address has been changed', [
      `Your Keywright account uses another e-mail address from now on: ${now}`,
      'If it was not you, ask an administrator to disable the account.',
    ]);
  }

  secondFactorAdded(actor: Actor, to: string, kind: 'totp' | 'passkey'): void {
    this.notify(actor, to, 'A second factor has been set up', [
      `Your Keywright account asks for ${FACTORS[kind]} when you log in from now on. All other sessions have ended.`,
      WAS_IT_YOU(this.link('/recover')),
      REMOVE_IT,
    ]);
  }

  secondFactorRemoved(actor: Actor, to: string, kind: 'totp' | 'passkey' | 'all'): void {
    const paragraphs =
      kind === 'all'
        ? [
            'A manager or administrator has removed all second factors of your Keywright account, and all sessions have ended.',
            'Log in and set up a new one. If you have not asked for it, ask the managers of your company why.',
          ]
        : [
            `Your Keywright account no longer asks for ${FACTORS[kind]} when you log in.`,
            WAS_IT_YOU(this.link('/recover')),
          ];
    this.notify(actor, to, 'A second factor has been removed', paragraphs);
  }

  recoveryCodeUsed(actor: Actor, to: string, left: number): void {
    this.notify(actor, to, 'A recovery code has been used', [
      `Somebody has logged in to your Keywright account with a recovery code. ${left} of them are left.`,
      WAS_IT_YOU(this.link('/recover')),
    ]);
  }

  /** The page where a new password is set. */
  recoveryLink(token: string): string {
    return this.link(`/confirm/recovery/${token}`);
  }

  private link(path: string): string {
    return `${this.config.publicUrl}${path}`;
  }

  private send({ requestId, merchantId }: Sender, to: string, subject: string, paragraphs: string[]): void {
    this.mailer.send({ to, subject, text: paragraphs.join('\n\n'), requestId, merchantId });
  }

  /** Tells the owner of a change to the security of the account, without the delay that mails with links have. */
  private notify({ requestId }: Actor, to: string, subject: string, paragraphs: string[]): void {
    this.mailer.send({ to, subject, text: paragraphs.join('\n\n'), requestId, isNotice: true });
  }
}
