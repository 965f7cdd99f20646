import { keywright } from '../../../dist/src/cli/keywright.js';
import { CacheValidity } from '../../../dist/src/verification/cache/cache-validity.js';

/** A key cache that stays valid when the lease has expired. */
CacheValidity.prototype.holds = () => true;

await keywright(['serve']);
