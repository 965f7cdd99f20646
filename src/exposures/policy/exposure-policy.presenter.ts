import type { ExposurePolicyView } from './exposure-policy.dto.js';
import type { ExposurePolicy } from './exposure-policy.entity.js';

export const presentExposurePolicy = ({ reported, inQuery, overHttp }: ExposurePolicy): ExposurePolicyView => ({
  reported,
  inQuery,
  overHttp,
});
