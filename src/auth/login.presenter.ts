import { STATUS } from '../accounts/account.entity.js';
import { presentAccount } from '../accounts/own-account/own-account.presenter.js';
import type { AccountLoginAnswer } from './accounts-login.dto.js';
import type { ClientLoginView, MerchantLoginView } from './login.dto.js';
import type { Login } from './login.service.js';

export function presentClientLogin({ token, account }: Login): ClientLoginView {
  return {
    token,
    user: {
      id: account.uuid,
      client_id: account.merchant?.clientId ?? '',
      username: account.username,
      email: account.email,
      role: account.role,
      is_active: Number(account.status === STATUS.active),
      msisdn: null,
      created_at: account.createdAt.toISOString(),
      updated_at: account.updatedAt.toISOString(),
      deleted_at: null,
    },
  };
}

export function presentMerchantLogin({ token }: Login, expiresIn: number): MerchantLoginView {
  return { accessToken: token, tokenType: 'Bearer', expiresIn };
}

export function presentAccountLogin({ token, account }: Login): AccountLoginAnswer {
  return { token, account: presentAccount(account) };
}
