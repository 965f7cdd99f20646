import type { Merchant } from '../merchant.entity.js';
import { formatMerchantScopes } from './merchant-scopes.js';
import type { CreatedMerchantView, MerchantView } from './merchants.dto.js';

export function presentCreatedMerchant({ id, clientId, name, createdAt }: Merchant): CreatedMerchantView {
  return { id, clientId, name, createdAt: createdAt.toISOString() };
}

export function presentMerchant(merchant: Merchant): MerchantView {
  return {
    ...presentCreatedMerchant(merchant),
    status: merchant.status,
    scopes: formatMerchantScopes(merchant.scopes),
    details: merchant.details,
    updatedAt: merchant.updatedAt.toISOString(),
  };
}
