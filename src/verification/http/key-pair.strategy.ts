import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import { Strategy } from 'passport-custom';
import type { AuthenticatedCaller } from '../../access/access.guard.js';
import { readClientSource } from '../../access/caller.js';
import { readBasicCredential } from '../presented.js';
import type { AuthScheme } from '../../platform/http/requirement.js';
import { VerificationService } from '../verification.service.js';
import { readKeyCaller } from './key-caller.js';

/** Authenticates a caller by a key and its secret, sent as HTTP Basic (RFC 7617). */
@Injectable()
export class KeyPairStrategy extends PassportStrategy(Strategy, 'keyPair' satisfies AuthScheme) {
  constructor(private readonly verification: VerificationService) {
    super();
  }

  /** @returns `null` if there is no valid key */
  async validate(request: FastifyRequest): Promise<AuthenticatedCaller | null> {
    const key = await this.verification.authenticate(
      readBasicCredential(request.headers.authorization),
      readClientSource(request),
    );
    return key && readKeyCaller(key, request);
  }
}
