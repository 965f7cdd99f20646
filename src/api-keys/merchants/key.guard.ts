import type { Application } from '../../applications/application.entity.js';
import { resourceGuard, type ResourceRequest } from '../../idempotency/resource.guard.js';
import { MerchantKeysService } from './merchant-keys.service.js';

interface KeyRequest extends ResourceRequest<{ keyId: string }> {
  /** Found first where the path names one, too. */
  application?: Application;
}

/** Finds the key in the path, and hands it to the handler. */
export const [KeyGuard, TheKey] = resourceGuard(
  'key',
  MerchantKeysService,
  (keys, { user, params, application }: KeyRequest, action) => keys.find(user, params.keyId, action, application),
);
