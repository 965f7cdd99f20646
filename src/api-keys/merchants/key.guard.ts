import type { Application } from '../../applications/application.entity.js';
import { resourceGuard, type ResourceRequest } from '../../idempotency/resource.guard.js';
import { MerchantKeysService } from './merchant-keys.service.js';

interface KeyRequest extends ResourceRequest<{ keyId: string }> {
  /** The application in the path, if there is one. Its guard runs first. */
  application?: Application;
}

/** Finds the key in the path, and hands it to the handler. */
export const [KeyGuard, TheKey] = resourceGuard({
  name: 'key',
  parameter: ['keyId', "The key's id.", 'f7fa38ec-0e19-405c-820f-bf65912ab4ec'],
  service: MerchantKeysService,
  find: (keys, { user, params, application }: KeyRequest, action) => keys.find(user, params.keyId, action, application),
  notFound: 'api_key.not_found',
});
