import { resourceGuard, type ResourceRequest } from '../../../../idempotency/resource.guard.js';
import { ImportFormats } from './import-formats.js';

/** Finds the format in the path, and hands it to the handler. */
export const [ImportFormatGuard, TheImportFormat] = resourceGuard({
  name: 'importFormat',
  parameter: ['id', "The format's id.", '8d0a7a3c-52b6-4f0e-9a4a-5f3b8f3f6f7e'],
  service: ImportFormats,
  find: (formats, { user, params }: ResourceRequest<{ id: string }>, action) => formats.find(user, params.id, action),
  notFound: 'import_format.not_found',
});
