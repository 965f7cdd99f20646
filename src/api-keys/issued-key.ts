import type { ApiKey } from './api-key.entity.js';
import type { Credential } from './credentials/credential.js';

/** A key with the credential that is shown once. */
export interface IssuedKey {
  key: ApiKey;
  credential: Credential;
}
