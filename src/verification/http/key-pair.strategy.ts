import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import { Strategy } from 'passport-custom';
import type { AuthenticatedCaller } from '../../access/access.guard.js';
import { readOrigin } from '../../access/caller.js';
import { basicCredential } from '../presented.js';
import type { AuthScheme } from '../../platform/http/requirement.js';
import { VerificationService } from '../verification.service.js';

/** Accepts a key and its secret by HTTP Basic (RFC 7617). */
@Injectable()
export class KeyPairStrategy extends PassportStrategy(Strategy, 'keyPair' satisfies AuthScheme) {
  constructor(private readonly verification: VerificationService) {
    super();
  }

  /** @returns `null` when there is no good key */
  async validate(request: FastifyRequest): Promise<AuthenticatedCaller | null> {
    const key = await this.verification.authenticate(basicCredential(request.headers.authorization), request.ip);
    if (!key) return null;
    return {
      kind: 'key',
      accountId: key.accountNumber,
      keyId: key.id,
      merchantId: key.merchantId,
      clientId: key.clientId,
      level: key.level,
      hasConsent: true,
      isMerchantKey: key.surface !== 'accounts',
      ...readOrigin(request),
    };
  }
}
