import { createParamDecorator, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Caller } from '../../access/caller.js';
import { actionForRequest } from '../../access/tenant-access.js';
import type { ApiKey } from '../api-key.entity.js';
import type { Application } from '../../applications/application.entity.js';
import { Replays } from '../../idempotency/replays.js';
import { PathParameter, Refuses } from '../../platform/http/route-facts.js';
import { MerchantKeysService } from './merchant-keys.service.js';

interface KeyRequest extends FastifyRequest<{ Params: { keyId: string } }> {
  user: Caller;
  /** The application in the path, if there is one. Its guard runs first. */
  application?: Application;
  key: ApiKey;
}

/** Finds the key in the path before the body is validated: without access to the key, the caller learns nothing about the body. */
@Injectable()
@PathParameter('keyId', "The key's id.", 'f7fa38ec-0e19-405c-820f-bf65912ab4ec')
@Refuses('api_key.not_found', 'access.other_owner')
export class KeyGuard implements CanActivate {
  constructor(
    private readonly keys: MerchantKeysService,
    private readonly replays: Replays,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<KeyRequest>();
    const { user, params, application } = request;
    await this.replays.findOrExcuse(request, async () => {
      request.key = await this.keys.find(user, params.keyId, actionForRequest(request), application);
    });
    return true;
  }
}

/** Handler parameter: the key in the path, on routes with the {@link KeyGuard}. */
export const TheKey = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<KeyRequest>().key,
);
