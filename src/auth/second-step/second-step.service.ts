import { Injectable } from '@nestjs/common';
import { Account } from '../../accounts/account.entity.js';
import { LoginThrottle } from '../../accounts/passwords/login-throttle.js';
import { lockRow } from '../../platform/database/row-locks.js';
import type { Transaction } from '../../platform/database/transactions/transaction.js';
import { Transactions } from '../../platform/database/transactions/transactions.js';
import type { Actor } from '../../platform/events/actor.js';
import { DomainError, type FactorMethod } from '../../platform/events/domain-error.js';
import { LoginService, type Login } from '../login.service.js';
import { FactorChallenges } from '../second-factor/factor-challenges.js';
import { PasskeysService } from '../second-factor/passkeys.service.js';
import { RecoveryCodes } from '../second-factor/recovery-codes.js';
import { TotpService } from '../second-factor/totp.service.js';
import { WebAuthn } from '../second-factor/webauthn.js';
import { passkeyChallenge } from './login-challenges.js';
import type { SecondStepBody } from './second-step.dto.js';

/** Wrong answers for an account within an hour after which codes of its app, which can be guessed, are not accepted. */
const ACCOUNT_FAILURES_MAX = 20;

/** How soon codes may be accepted again: when the oldest wrong answer is an hour old, at the latest. */
const RETRY_AFTER_SECONDS = 3600;

/** How the second step of a login can fail. */
export const SECOND_STEP_REFUSALS = [
  'login.challenge_gone',
  'login.second_factor_failed',
  'login.failed',
  'login.throttled',
  'access.account_inactive',
  'unavailable',
] as const;

/** Completes logins that wait for a second factor. */
@Injectable()
export class SecondStepService {
  constructor(
    private readonly challenges: FactorChallenges,
    private readonly logins: LoginService,
    private readonly passkeys: PasskeysService,
    private readonly recoveryCodes: RecoveryCodes,
    private readonly throttle: LoginThrottle,
    private readonly totp: TotpService,
    private readonly transactions: Transactions,
    private readonly webAuthn: WebAuthn,
  ) {}

  /**
   * Exchanges a challenge and the answer to it for a login token.
   *
   * @throws {DomainError} as in {@link SECOND_STEP_REFUSALS}
   */
  async complete(visitor: Actor, body: SecondStepBody): Promise<Login> {
    if (body.passkey) await this.webAuthn.prepare();
    const subject = (): Promise<string> => Promise.resolve(`challenge ${body.challenge}`);
    return this.throttle.guard(visitor.address ?? '', subject, async () => {
      const result = await this.transactions.run((tx) => this.tryToComplete(tx, visitor, body));
      if ('token' in result) return result;
      throw this.logins.recordFailure(visitor, result, new DomainError('login.second_factor_failed'));
    });
  }

  /** @returns the account, so that the failure is committed, if the answer is wrong */
  private async tryToComplete(tx: Transaction, visitor: Actor, body: SecondStepBody): Promise<Login | Account> {
    const challenge = await this.challenges.take(tx, body.challenge, 'login');
    const account = challenge && (await lockRow(tx.manager, Account, challenge.accountId));
    if (!challenge || !account || !this.challenges.isFor(challenge, account))
      throw new DomainError('login.challenge_gone');
    const method = await this.findMethod(tx, visitor, account, body);
    if (method === null) return account;
    await this.challenges.meet(tx, challenge);
    return this.logins.openWithin(tx, visitor, account, method);
  }

  /** @returns the method by which the answer is right; `null` if it is wrong */
  private async findMethod(
    tx: Transaction,
    visitor: Actor,
    account: Account,
    { challenge, code, recoveryCode, passkey }: SecondStepBody,
  ): Promise<FactorMethod | null> {
    if (passkey != null)
      return (await this.passkeys.accept(tx, account, passkeyChallenge(challenge), passkey)) ? 'passkey' : null;
    if (recoveryCode != null)
      return (await this.recoveryCodes.accept(tx, visitor, account, recoveryCode)) ? 'recoveryCode' : null;
    if ((await this.challenges.countFailures(tx, account.id)) > ACCOUNT_FAILURES_MAX)
      throw this.logins.recordFailure(
        visitor,
        account,
        new DomainError('login.throttled', { retryAfterSeconds: RETRY_AFTER_SECONDS }),
      );
    return (await this.totp.accept(tx, account, code ?? '')) ? 'totp' : null;
  }
}
