import { resourceGuard, type ResourceRequest } from '../idempotency/resource.guard.js';
import { ApplicationsService } from './applications.service.js';

/** Finds the application in the path, and hands it to the handler. */
export const [ApplicationGuard, TheApplication] = resourceGuard({
  name: 'application',
  parameter: ['id', "The application's id.", '5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11'],
  service: ApplicationsService,
  find: (applications, { user, params }: ResourceRequest<{ id: string }>, action) =>
    applications.find(user, params.id, action),
  notFound: 'application.not_found',
});
