import type { Account } from '../account.entity.js';
import type { AccountView } from './own-account.dto.js';

export function presentAccount(account: Account): AccountView {
  return {
    id: account.id,
    username: account.username,
    lusername: account.username.toLowerCase(),
    email: account.email,
    role: account.role,
    status: account.status,
    consent: account.consent,
    language: account.language,
    createdAt: account.createdAt.toISOString(),
    updatedAt: account.updatedAt.toISOString(),
    lastSignIn: account.lastLoginAt?.toISOString() ?? null,
  };
}
