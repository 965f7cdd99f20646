import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { readClientSource } from '../../access/caller.js';
import { LEVELS } from '../../access/levels.js';
import { canAccessOtherTenants } from '../../access/tenant-access.js';
import { LoginTokenStrategy } from '../../auth/login-token.strategy.js';
import { DomainError } from '../../platform/events/domain-error.js';
import { andThen, type MaybePromise } from '../../platform/runtime/maybe-promise.js';
import { withTimeout } from '../../platform/database/with-timeout.js';
import type { Presented } from '../presented.js';
import { RequestCredentials } from '../request-credentials.js';
import { mayVerify } from '../verifiers/attachments.js';
import { VerificationService } from '../verification.service.js';

/** Authenticates verifiers, the callers that ask about keys, by a key of their own or a login token. */
@Injectable()
export class Verifiers {
  constructor(
    private readonly credentials: RequestCredentials,
    private readonly logins: LoginTokenStrategy,
    private readonly verification: VerificationService,
  ) {}

  /**
   * Returns the merchant whose keys the request may ask about; `undefined` from level 5 on, for the keys of every merchant.
   *
   * @throws {DomainError} `credential.invalid`, `access.level_lacking` below level 1, `access.consent_lacking`,
   *   `access.second_factor_lacking`, `unavailable` if the database is unavailable
   */
  resolveTenant(request: FastifyRequest): MaybePromise<string | undefined> {
    const caller = andThen(this.credentials.read(request), (presented) => this.identify(presented, request));
    return andThen(caller, assertCanVerify);
  }

  /** The same by a key that the request presents, and that has been read already. */
  tenantOf(
    { credential, text }: Presented,
    request: Pick<FastifyRequest, 'ip' | 'headers'>,
  ): MaybePromise<string | undefined> {
    const caller = this.verification.authenticate(credential, readClientSource(request), text);
    return andThen(caller, assertCanVerify);
  }

  /**
   * Returns the merchant whose keys a verifier in the merchant's own process may ask about: that of its key.
   *
   * @throws {DomainError} `credential.invalid`, `access.level_lacking` below level 1, `access.scope_lacking`, `unavailable`
   */
  async resolveMerchant(request: FastifyRequest): Promise<string> {
    const { credential, text } = await this.credentials.read(request);
    const key = await this.verification.authenticate(credential, readClientSource(request), text);
    if (!key) throw new DomainError('credential.invalid');
    if (key.level < LEVELS.readSome) throw new DomainError('access.level_lacking');
    if (!mayVerify(key)) throw new DomainError('access.scope_lacking');
    return key.merchantId;
  }

  private identify({ credential, token, text }: Presented, request: FastifyRequest): MaybePromise<Verifier | null> {
    // Where nothing is presented, there may be the cookie of a session.
    return token === null && text !== null
      ? this.verification.authenticate(credential, readClientSource(request), text)
      : withTimeout(this.callerBy(token, request));
  }

  /** Authenticates a login token, or else an imported key that has the form of a token; `null` is a request that presents neither. */
  private async callerBy(token: string | null, request: FastifyRequest): Promise<Verifier | null> {
    const caller = await this.logins.findCaller(request);
    if (caller?.hasConsent === false) throw new DomainError('access.consent_lacking');
    if (caller?.lacksSecondFactor) throw new DomainError('access.second_factor_lacking');
    return caller ?? this.verification.authenticate(null, readClientSource(request), token);
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
