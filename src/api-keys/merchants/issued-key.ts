import type { ApiKey } from '../api-key.entity.js';
import type { Credential } from '../credentials/credential.js';

/** A key at the only moment that its credential is shown. */
export interface IssuedKey {
  key: ApiKey;
  credential: Credential;
}
