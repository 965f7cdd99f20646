import { resourceGuard, type ResourceRequest } from '../idempotency/resource.guard.js';
import { ApplicationsService } from './applications.service.js';

/** Finds the application in the path, and hands it to the handler. */
export const [ApplicationGuard, TheApplication] = resourceGuard(
  'application',
  ApplicationsService,
  (applications, { user, params }: ResourceRequest<{ id: string }>, action) =>
    applications.find(user, params.id, action),
);
