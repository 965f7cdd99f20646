import { applyDecorators, Injectable, UseGuards, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { KeyCaller } from '../../../access/caller.js';
import { LEVELS } from '../../../access/levels.js';
import { Requires } from '../../../access/requires.js';
import { resourceGuard, type ResourceRequest } from '../../../idempotency/resource.guard.js';
import { DomainError } from '../../../platform/events/domain-error.js';
import { Refuses } from '../../../platform/http/route-facts.js';
import { mayVerify } from '../../verifiers/attachments.js';
import { VerifiersService } from '../../verifiers/verifiers.service.js';

/** Admits keys that name the scope of verifiers. */
@Injectable()
@Refuses('access.scope_lacking')
class VerifierScopeGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { user } = context.switchToHttp().getRequest<{ user: KeyCaller }>();
    if (!mayVerify(user)) throw new DomainError('access.scope_lacking');
    return true;
  }
}

/** Finds the verifier in the path among those that the calling key has attached. */
const [VerifierGuard, verifierParameter] = resourceGuard({
  name: 'verifier',
  parameter: ['id', "The verifier's id.", '7d0c2c2e-9f0e-4a53-8d2a-6a1f5b0d9a11'],
  service: VerifiersService,
  find: (verifiers, { user, params }: ResourceRequest<{ id: string }>) => verifiers.find(user as KeyCaller, params.id),
  notFound: 'verifier.not_found',
});

/** Handler parameter: the verifier in the path. */
export const TheVerifier = verifierParameter;

const byKey = (...guards: Parameters<typeof UseGuards>): MethodDecorator =>
  applyDecorators(
    Refuses('credential.ambiguous', 'credential.in_query'),
    Requires(LEVELS.readSome, { by: 'key', merchantKeys: true }),
    UseGuards(VerifierScopeGuard, ...guards),
  );

/** Requires a key that may attach verifiers. */
export const ForVerifiers = (): MethodDecorator => byKey();

/** Requires the key that has attached the verifier in the path. */
export const ForItsKey = (): MethodDecorator => byKey(VerifierGuard);
