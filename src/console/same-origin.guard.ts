import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { isSameOrigin } from '../auth/same-origin.js';
import { DomainError } from '../platform/events/domain-error.js';
import { Refuses } from '../platform/http/route-facts.js';

/** Keeps other sites from opening a session in the browser of a visitor. */
@Injectable()
@Refuses('session.cross_origin')
export class SameOriginGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    if (isSameOrigin(context.switchToHttp().getRequest<FastifyRequest>())) return true;
    throw new DomainError('session.cross_origin');
  }
}
