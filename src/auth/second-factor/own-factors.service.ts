import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { IsNull, Not, type DataSource } from 'typeorm';
import type { Caller } from '../../access/caller.js';
import { AccountsService } from '../../accounts/accounts.service.js';
import { isSecondFactorDemanded } from '../../accounts/second-factors/demand.js';
import { Passkey } from '../../accounts/second-factors/passkey.entity.js';
import { RecoveryCode } from '../../accounts/second-factors/recovery-code.entity.js';
import { TotpFactor } from '../../accounts/second-factors/totp-factor.entity.js';
import { Config } from '../../platform/config/config.js';
import { DomainError } from '../../platform/events/domain-error.js';

/** The second factors that are in force. */
export interface FactorsInForce {
  totp: TotpFactor | null;
  passkeys: Passkey[];
  recoveryCodesLeft: number;
}

export interface OwnFactors extends FactorsInForce {
  isDemanded: boolean;
}

/** Reads which second factors accounts have. */
@Injectable()
export class OwnFactorsService {
  constructor(
    @InjectDataSource() private readonly source: DataSource,
    private readonly accounts: AccountsService,
    private readonly config: Config,
  ) {}

  /** Reads those of the caller's own account. */
  async read({ accountId }: Caller): Promise<OwnFactors> {
    const account = await this.accounts.find(accountId);
    if (!account?.merchant) throw new DomainError('credential.invalid');
    const isDemanded = isSecondFactorDemanded(account, account.merchant, this.config);
    return { isDemanded, ...(await this.inForce(accountId)) };
  }

  async inForce(accountId: number): Promise<FactorsInForce> {
    const { manager } = this.source;
    return {
      totp: await manager.findOneBy(TotpFactor, { accountId, confirmedAt: Not(IsNull()) }),
      passkeys: await manager.find(Passkey, { where: { accountId }, order: { createdAt: 'ASC', id: 'ASC' } }),
      recoveryCodesLeft: await manager.countBy(RecoveryCode, { accountId, usedAt: IsNull() }),
    };
  }
}
