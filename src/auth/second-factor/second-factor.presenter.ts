import type { Passkey } from '../../accounts/second-factors/passkey.entity.js';
import type { OwnFactors } from './own-factors.service.js';
import type { NewPasskey } from './passkeys.service.js';
import type { NewPasskeyView, PasskeyView, SecondFactorView } from './second-factor.dto.js';

export const presentPasskey = ({ id, name, createdAt, lastUsedAt }: Passkey): PasskeyView => ({
  id,
  name,
  createdAt: createdAt.toISOString(),
  lastUsedAt: lastUsedAt?.toISOString() ?? null,
});

export const presentNewPasskey = ({ passkey, recoveryCodes }: NewPasskey): NewPasskeyView => ({
  ...presentPasskey(passkey),
  recoveryCodes,
});

export const presentFactors = ({ isDemanded, totp, passkeys, recoveryCodesLeft }: OwnFactors): SecondFactorView => ({
  isDemanded,
  totp: totp?.confirmedAt ? { createdAt: totp.confirmedAt.toISOString() } : null,
  passkeys: passkeys.map(presentPasskey),
  recoveryCodesLeft,
});
