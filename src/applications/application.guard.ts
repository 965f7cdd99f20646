import { createParamDecorator, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Caller } from '../access/caller.js';
import { actionForRequest } from '../access/tenant-access.js';
import { Replays } from '../idempotency/replays.js';
import { PathParameter, Refuses } from '../platform/http/route-facts.js';
import type { Application } from './application.entity.js';
import { ApplicationsService } from './applications.service.js';

interface ApplicationRequest extends FastifyRequest<{ Params: { id: string } }> {
  user: Caller;
  application: Application;
}

/** Finds the application in the path before the body is looked at: who may not touch it learns nothing about the body. */
@Injectable()
@PathParameter('id', "The application's id.", '5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11')
@Refuses('application.not_found', 'access.other_owner')
export class ApplicationGuard implements CanActivate {
  constructor(
    private readonly applications: ApplicationsService,
    private readonly replays: Replays,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<ApplicationRequest>();
    await this.replays.findOrExcuse(request, async () => {
      request.application = await this.applications.find(request.user, request.params.id, actionForRequest(request));
    });
    return true;
  }
}

/** Handler parameter: the application in the path, on routes with the {@link ApplicationGuard}. */
export const TheApplication = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<ApplicationRequest>().application,
);
