import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { LEVELS } from '../../access/levels.js';
import { canAccessOtherTenants } from '../../access/tenant-access.js';
import { LoginTokenStrategy } from '../../auth/login-token.strategy.js';
import { DomainError } from '../../platform/events/domain-error.js';
import { andThen, type MaybePromise } from '../../platform/runtime/maybe-promise.js';
import { withTimeout } from '../in-time.js';
import { readPresented } from '../presented.js';
import { VerificationService } from '../verification.service.js';

/** Who asks about keys, by a key of its own or a login token. */
@Injectable()
export class Verifiers {
  constructor(
    private readonly logins: LoginTokenStrategy,
    private readonly verification: VerificationService,
  ) {}

  /**
   * The merchant whose keys the request may ask about; `undefined` is everybody's, from level 5 on.
   *
   * @throws {DomainError} `credential.invalid`, `access.level_lacking` below level 1, `access.consent_lacking`, `unavailable` when the database can't be asked
   */
  resolveTenant(request: FastifyRequest): MaybePromise<string | undefined> {
    const { credential, token, text } = readPresented(request);
    const caller: MaybePromise<Verifier | null> =
      token === null
        ? this.verification.authenticate(credential, request.ip, text)
        : withTimeout(this.callerBy(token, request));
    return andThen(caller, assertCanVerify);
  }

  /** Whose login token it is, or else whose key that was made elsewhere and looks like a token. */
  private async callerBy(token: string, request: FastifyRequest): Promise<Verifier | null> {
    const caller = await this.logins.findCaller(request);
    if (caller?.hasConsent === false) throw new DomainError('access.consent_lacking');
    return caller ?? this.verification.authenticate(null, request.ip, token);
  }
}

interface Verifier {
  level: number;
  merchantId: string;
}

function assertCanVerify(caller: Verifier | null): string | undefined {
  if (!caller) throw new DomainError('credential.invalid');
  if (caller.level < LEVELS.readSome) throw new DomainError('access.level_lacking');
  return canAccessOtherTenants(caller, 'read') ? undefined : caller.merchantId;
}
