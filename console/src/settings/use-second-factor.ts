import { useQuery } from '@tanstack/preact-query';
import { api } from '../api/client.js';
import type { SecondFactorView } from '../api/sdk.js';

/** Reads the second factors of the own account. */
export const useSecondFactor = () => useQuery({ queryKey: ['second-factor'], queryFn: () => api.secondFactors.read() });

export const hasFactor = ({ totp, passkeys }: SecondFactorView): boolean => totp !== null || passkeys.length > 0;

/** Whether the account must have a second factor before it may do anything else. */
export const lacksFactor = (factors: SecondFactorView | undefined): boolean =>
  factors !== undefined && factors.isDemanded && !hasFactor(factors);
