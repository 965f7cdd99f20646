import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Account } from '../../accounts/account.entity.js';
import { Transactions } from '../../platform/database/transactions/transactions.js';
import { DomainError, type SecondFactorChallenge } from '../../platform/events/domain-error.js';
import { CHALLENGE_SECONDS, FactorChallenges } from '../second-factor/factor-challenges.js';
import { OwnFactorsService } from '../second-factor/own-factors.service.js';
import { WebAuthn } from '../second-factor/webauthn.js';

/** An error as the documentation shows it. */
export const SECOND_FACTOR_REQUIRED = new DomainError('login.second_factor_required', {
  secondFactor: {
    challenge: 'o1b5Zk0mYqYbR3J8k2hVw4Xc7TnD6uGsLePfAiNzQyE',
    methods: ['totp', 'recoveryCode'],
    expiresIn: CHALLENGE_SECONDS,
  },
});

/** Asks for the second factor of logins whose password was right. */
@Injectable()
export class LoginChallenges {
  constructor(
    private readonly challenges: FactorChallenges,
    private readonly factors: OwnFactorsService,
    private readonly transactions: Transactions,
    private readonly webAuthn: WebAuthn,
  ) {}

  /** @returns the error with which the login is answered */
  async ask(account: Account): Promise<DomainError> {
    const challenge = await this.transactions.run((tx) => this.challenges.issue(tx, account, 'login'));
    const { totp, passkeys, recoveryCodesLeft } = await this.factors.inForce(account.id);
    const secondFactor: SecondFactorChallenge = {
      challenge,
      methods: [
        ...(totp ? (['totp'] as const) : []),
        ...(passkeys.length > 0 ? (['passkey'] as const) : []),
        ...(recoveryCodesLeft > 0 ? (['recoveryCode'] as const) : []),
      ],
      expiresIn: CHALLENGE_SECONDS,
      ...(passkeys.length > 0 && {
        passkeyOptions: await this.webAuthn.requestOptions(passkeyChallenge(challenge), passkeys, CHALLENGE_SECONDS),
      }),
    };
    return new DomainError('login.second_factor_required', { secondFactor });
  }
}

/** Derives what a passkey signs from the challenge of the login, which the authenticator and the page's scripts need not know. */
export const passkeyChallenge = (challenge: string): string =>
  createHash('sha256').update(`passkey ${challenge}`).digest('base64url');
