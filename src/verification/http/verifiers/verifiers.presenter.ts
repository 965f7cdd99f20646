import type { Verifier } from '../../verifiers/verifier.entity.js';
import type { AttachedVerifier } from '../../verifiers/verifiers.service.js';
import type { AttachedVerifierView, VerifierView } from './verifiers.dto.js';

export const presentVerifier = (verifier: Verifier): VerifierView => ({
  id: verifier.id,
  name: verifier.name,
  keyId: verifier.keyId,
  isConnected: verifier.instanceId !== null,
  reportedUses: verifier.reportedUses,
  reportedAt: verifier.reportedAtMs === null ? null : new Date(verifier.reportedAtMs).toISOString(),
  attachedAt: new Date(verifier.attachedAtMs).toISOString(),
});

export const presentAttached = ({ verifier, importsKeys, revision }: AttachedVerifier): AttachedVerifierView => ({
  ...presentVerifier(verifier),
  importsKeys,
  revision,
});
